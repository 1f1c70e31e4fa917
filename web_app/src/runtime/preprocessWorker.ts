// The worker that makes a picture into what the network eats.

import type { InputSpec } from "../core/manifest";
import { type Preprocess, preprocessor } from "../core/preprocess";
import { FrameReader, type Picture } from "./frameReader";
import type { Pixels } from "./runtime";

/** The pixels' memory is lent: it comes back filled. */
export type Order = { spec: InputSpec } | { picture: Picture; pixels: Pixels };
export type Delivery = { pixels: Pixels; preprocess_ms: number } | { error: string };

let preprocess: Preprocess;
let reader: FrameReader | undefined;

addEventListener("message", async ({ data }: MessageEvent<Order>) => {
  if ("spec" in data) {
    preprocess = preprocessor(data.spec);
    return;
  }
  try {
    deliver(await fill(data.picture, data.pixels), [data.pixels.buffer]);
  } catch (error) {
    deliver({ error: String(error instanceof Error ? error.message : error) }, []);
  } finally {
    data.picture.close();
  }
});

function deliver(delivery: Delivery, transfer: Transferable[]): void {
  postMessage(delivery, { transfer });
}

async function fill(picture: Picture, pixels: Pixels): Promise<Delivery> {
  const start = performance.now();
  reader ??= new FrameReader(); // Whatever a browser lacks for it is told to whoever asks.
  pixels.set(preprocess(await reader.read(picture)));
  return { pixels, preprocess_ms: performance.now() - start };
}
