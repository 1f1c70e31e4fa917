// Pictures of files, as the network's preprocessing takes them.

import type { InputSpec } from "../core/manifest";
import { preprocessor } from "../core/preprocess";
import { fetchBytes } from "../runtime/artifact";
import { FrameReader } from "../runtime/frameReader";
import type { Pixels } from "../runtime/runtime";

/** Sample photographs, without loss; a manifest names them as they were before. */
export async function goldenFile(name: string): Promise<Blob> {
  return new Blob([await fetchBytes(`models/pictures/${name.replace(/\.\w+$/, ".webp")}`)]);
}

export async function golden(name: string): Promise<ImageBitmap> {
  return decode(await goldenFile(name));
}

/** Golden pictures as a network sees them. */
export async function goldenPixels(names: readonly string[], spec: InputSpec): Promise<Pixels[]> {
  const [preprocess, reader] = [preprocessor(spec), new FrameReader()];
  const pixels: Pixels[] = [];
  for (const name of names) {
    const picture = await golden(name);
    pixels.push(Float32Array.from(preprocess(await reader.read(picture))));
    picture.close();
  }
  return pixels;
}

/** A picture as its file has it: upright, as its EXIF says, and no colour changed. */
export function decode(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, {
    imageOrientation: "from-image",
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
}
