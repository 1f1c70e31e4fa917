// The worker that makes a picture into what the network eats.

import type { InputSpec } from "../core/manifest";
import { type Frame, type Preprocess, preprocessor, type Rotation } from "../core/preprocess";
import type { Picture } from "./camera";
import type { Pixels } from "./runtime";

/** The pixels' memory is lent: it comes back filled. */
export type Order = { spec: InputSpec } | { picture: Picture; pixels: Pixels };
export type Delivery = { pixels: Pixels; preprocess_ms: number } | { error: string };

let preprocess: Preprocess;
let buffer = new Uint8Array(0);
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });

addEventListener("message", async ({ data }: MessageEvent<Order>) => {
  if ("spec" in data) {
    preprocess = preprocessor(data.spec);
    return;
  }
  try {
    deliver(await fill(data.picture, data.pixels), [data.pixels.buffer]);
  } catch (error) {
    deliver({ error: String(error) }, []);
  } finally {
    data.picture.close();
  }
});

function deliver(delivery: Delivery, transfer: Transferable[]): void {
  postMessage(delivery, { transfer });
}

async function fill(picture: Picture, pixels: Pixels): Promise<Delivery> {
  const start = performance.now();
  pixels.set(preprocess(await read(picture)));
  return { pixels, preprocess_ms: performance.now() - start };
}

async function read(picture: Picture): Promise<Frame> {
  return picture instanceof ImageBitmap
    ? draw(picture, picture.width, picture.height)
    : ((await copy(picture)) ?? draw(picture, picture.displayWidth, picture.displayHeight));
}

/** Into memory that is kept; undefined where the browser cannot convert a frame to RGBA. */
async function copy(frame: VideoFrame): Promise<Frame | undefined> {
  const { width, height } = frame.visibleRect ?? frame.codedRect ?? { width: 0, height: 0 };
  const layout = { format: "RGBA", colorSpace: "srgb" } as VideoFrameCopyToOptions;
  // Browsers that do not know `format` speak of the frame's own, which is smaller.
  if (width === 0 || frame.allocationSize(layout) !== width * height * 4) return undefined;
  if (buffer.length !== width * height * 4) buffer = new Uint8Array(width * height * 4);
  const [plane] = await frame.copyTo(buffer, layout);
  // Phones hold their frames as the sensor lies and say how far to turn them.
  const { rotation = 0 } = frame as VideoFrame & { readonly rotation?: Rotation };
  return { bytes: buffer, width, height, rowStride: plane?.stride ?? width * 4, rotation };
}

function draw(picture: Picture, width: number, height: number): Frame {
  if (context === null) throw new Error("this browser gives a worker no canvas; update it");
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { bytes: data, width, height, rowStride: width * 4, rotation: 0 };
}
