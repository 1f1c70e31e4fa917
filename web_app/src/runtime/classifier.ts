// From a picture to what it shows: a worker that preprocesses and one that holds the network.

import { type Guess, topK } from "../core/topK";
import { type Artifact, BadArtifact, fetchContent } from "./artifact";
import type { LoadInfo } from "./benchmarkWorker";
import type { Picture } from "./frameReader";
import type { Delivery } from "./preprocessWorker";
import { type Accelerator, type Pixels, runtimeOf } from "./runtime";
import { loadWorker, possibleThreads, type WorkerClient } from "./workerClient";

/** How many classes are named. */
export const TOP = 5;
const MOST_THREADS = 4;

/** What a picture shows; the two times are of this very picture. */
export interface Prediction {
  readonly guesses: readonly Guess[];
  readonly preprocess_ms: number;
  readonly inference_ms: number;
}

/** Names what is in a picture, which is used up. Calls wait for each other. */
export interface Classifier {
  /** What really runs it. */
  readonly loadInfo: LoadInfo;
  classify(picture: Picture): Promise<Prediction>;
  /** All outputs, for checks. */
  logits(picture: Picture): Promise<Float32Array>;
  close(): void;
}

export type Wish = "automatic" | Accelerator;

/** Load a network onto what is wished for; `notice` says why that is not the fastest there is. */
export async function openClassifier(
  artifact: Artifact,
  wish: Wish,
): Promise<{ classifier: Classifier; notice: string }> {
  const on = async (accelerator: Accelerator, notice = "") => ({
    classifier: await FileClassifier.load(artifact, accelerator),
    notice,
  });
  if (wish === "cpu") return on("cpu");
  if (await hasGpu()) {
    try {
      return await on("gpu");
    } catch (error) {
      if (wish === "gpu") throw error;
      return on("cpu", `Not on the GPU: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (wish === "gpu") {
    throw new BadArtifact("This browser offers no WebGPU: run on the CPU or use another browser.");
  }
  return on("cpu", "Not on the GPU: this browser offers no WebGPU.");
}

/** Asked before a runtime is fetched for nothing. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
  return Boolean(await gpu?.requestAdapter());
}

type Outcome = Omit<Prediction, "guesses"> & { readonly logits: Float32Array };

/** A model file in its runtime. */
class FileClassifier implements Classifier {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly client: WorkerClient,
    private readonly preprocessWorker: Worker,
    private pixels: Pixels,
  ) {}

  /** Fetch a network, see that it is the one its manifest describes, and load it. */
  static async load(artifact: Artifact, accelerator: Accelerator): Promise<FileClassifier> {
    const { target, input } = artifact.manifest;
    const runtime = runtimeOf(target);
    const threads = possibleThreads(MOST_THREADS);
    const content = await fetchContent(artifact);
    const client = await loadWorker(content, runtime, { accelerator, threads });
    const worker = new Worker(new URL("./preprocessWorker.ts", import.meta.url));
    worker.postMessage({ spec: input });
    return new FileClassifier(client, worker, new Float32Array(input.height * input.width * 3));
  }

  get loadInfo(): LoadInfo {
    return this.client.loadInfo;
  }

  async classify(picture: Picture): Promise<Prediction> {
    const { logits, ...times } = await this.inTurn(picture);
    return { guesses: topK(logits, TOP), ...times };
  }

  async logits(picture: Picture): Promise<Float32Array> {
    return (await this.inTurn(picture)).logits;
  }

  close(): void {
    this.preprocessWorker.terminate();
    this.client.close();
  }

  private inTurn(picture: Picture): Promise<Outcome> {
    const outcome = this.turn.then(() => this.run(picture));
    this.turn = outcome.catch(() => undefined); // Whoever asked is told.
    return outcome;
  }

  private async run(picture: Picture): Promise<Outcome> {
    const { pixels, preprocess_ms } = await this.preprocess(picture);
    const outputs = await this.client.run(pixels);
    this.pixels = outputs.pixels;
    return { logits: outputs.logits, preprocess_ms, inference_ms: outputs.inference_ms };
  }

  private preprocess(picture: Picture): Promise<Exclude<Delivery, { error: string }>> {
    return new Promise((resolve, reject) => {
      const worker = this.preprocessWorker;
      worker.onmessage = ({ data }: MessageEvent<Delivery>) => {
        if ("error" in data) reject(new BadArtifact(data.error));
        else resolve(data);
      };
      worker.onerror = ({ message }) => reject(new BadArtifact(message || "out of memory"));
      const { pixels } = this;
      worker.postMessage({ picture, pixels }, [picture, pixels.buffer]);
    });
  }
}
