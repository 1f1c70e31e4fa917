// Pictures of files, as the network's preprocessing takes them.

import type { InputSpec } from "../core/manifest";
import { preprocessor } from "../core/preprocess";
import { fetchBytes } from "../runtime/artifact";
import { expectTruePixels, FrameReader } from "../runtime/frameReader";
import type { Pixels } from "../runtime/runtime";

/** Sample photographs, without loss; a manifest names them as they were before. */
export async function goldenFile(name: string): Promise<Blob> {
  return new Blob([await fetchBytes(`models/pictures/${name.replace(/\.\w+$/, ".webp")}`)]);
}

export async function golden(name: string): Promise<ImageBitmap> {
  return decode(await goldenFile(name));
}

/** Golden pictures as a network sees them, to the last digit. */
export async function goldenPixels(names: readonly string[], spec: InputSpec): Promise<Pixels[]> {
  expectTruePixels({ isExact: true });
  const [preprocess, reader] = [preprocessor(spec), new FrameReader()];
  const pixels: Pixels[] = [];
  for (const name of names) {
    const picture = await golden(name);
    pixels.push(Float32Array.from(preprocess(await reader.read(picture))));
    picture.close();
  }
  return pixels;
}

/** As many pixels as the smallest canvas of a browser takes, which is an iPhone's. */
const MOST_PIXELS = 4096 * 4096;

/** A picture as its file has it: upright, as its EXIF says, and no colour changed. */
export async function decode(file: Blob): Promise<ImageBitmap> {
  const picture = await createImageBitmap(file, {
    imageOrientation: "from-image",
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  return fitted(picture, MOST_PIXELS);
}

/** A picture of so many pixels at most; a larger one is used up. */
export async function fitted(picture: ImageBitmap, most: number): Promise<ImageBitmap> {
  const { width, height } = picture;
  if (width * height <= most) return picture;
  const scale = Math.sqrt(most / (width * height));
  const resizeWidth = Math.floor(width * scale);
  const resizeHeight = Math.floor(height * scale);
  try {
    return await createImageBitmap(picture, { resizeWidth, resizeHeight, resizeQuality: "high" });
  } finally {
    picture.close();
  }
}
