// From a picture to logits: a worker that preprocesses and one that holds the network.

import type { Picture } from "./camera";
import {
  type Classifier,
  fetchModel,
  loadClassifier,
  ModelError,
  possibleThreads,
} from "./classifier";
import type { Delivery } from "./pixels";
import type { Accelerator, Loaded, Pixels } from "./runtime";
import type { Model, Wish } from "./state";

const MOST_THREADS = 4;

export interface Recognized {
  readonly logits: Float32Array;
  readonly preprocess_ms: number;
  readonly inference_ms: number;
}

/** Load a network onto what is wished for; `notice` says why if that is not the fastest there is. */
export async function loadRecognizer(
  model: Model,
  wish: Wish,
): Promise<{ recognizer: Recognizer; notice: string }> {
  if (wish === "cpu") return { recognizer: await Recognizer.load(model, "cpu"), notice: "" };
  let notice = "Not on the GPU: this browser offers no WebGPU.";
  if (await hasGpu()) {
    try {
      return { recognizer: await Recognizer.load(model, "gpu"), notice: "" };
    } catch (error) {
      if (wish === "gpu") throw error;
      notice = `Not on the GPU: ${error instanceof Error ? error.message : error}`;
    }
  } else if (wish === "gpu") {
    throw new ModelError("This browser offers no WebGPU: run on the CPU or use another browser.");
  }
  return { recognizer: await Recognizer.load(model, "cpu"), notice };
}

/** Asked before a runtime is fetched for nothing. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
  return Boolean(await gpu?.requestAdapter());
}

export class Recognizer {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly classifier: Classifier,
    private readonly worker: Worker,
    private pixels: Pixels,
  ) {}

  /** Fetch a network, see that it is the one its manifest describes, and load it. */
  static async load(model: Model, accelerator: Accelerator): Promise<Recognizer> {
    const { file, sha256, target, input } = model.manifest;
    // The hash in the address: a cache never gives the file of an earlier build.
    const bytes = await fetchModel(`${model.folder}/${file}?${sha256.slice(0, 12)}`, sha256);
    const classifier = await loadClassifier(bytes, {
      runtime: target === "onnx" ? "onnxruntime" : "litert",
      accelerator,
      threads: possibleThreads(MOST_THREADS),
    });
    const worker = new Worker(new URL("./pixels.ts", import.meta.url));
    worker.postMessage({ spec: input });
    return new Recognizer(classifier, worker, new Float32Array(input.height * input.width * 3));
  }

  get info(): Loaded {
    return this.classifier.info;
  }

  /** Show a picture to the network; the picture is used up. Calls wait for each other. */
  recognize(picture: Picture): Promise<Recognized> {
    const recognized = this.turn.then(() => this.run(picture));
    this.turn = recognized.catch(() => undefined); // Whoever asked is told.
    return recognized;
  }

  close(): void {
    this.worker.terminate();
    this.classifier.close();
  }

  private async run(picture: Picture): Promise<Recognized> {
    const { pixels, preprocess_ms } = await this.preprocess(picture);
    const prediction = await this.classifier.run(pixels);
    this.pixels = prediction.pixels;
    return { logits: prediction.logits, preprocess_ms, inference_ms: prediction.inference_ms };
  }

  private preprocess(picture: Picture): Promise<Exclude<Delivery, { error: string }>> {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }: MessageEvent<Delivery>) => {
        if ("error" in data) reject(new ModelError(data.error));
        else resolve(data);
      };
      this.worker.onerror = ({ message }) => reject(new ModelError(message || "out of memory"));
      const { pixels } = this;
      this.worker.postMessage({ picture, pixels }, [picture, pixels.buffer]);
    });
  }
}
