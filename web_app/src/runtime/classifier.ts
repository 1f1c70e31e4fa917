// From a picture to what it shows: a worker that preprocesses and one that holds the network.

import { type Guess, topK } from "../core/topK";
import { type Artifact, BadArtifact, fetchContent } from "./artifact";
import type { LoadInfo } from "./benchmarkWorker";
import type { Picture } from "./frameReader";
import type { Delivery } from "./preprocessWorker";
import { type Accelerator, type Pixels, type RuntimeOptions, runtimeOf } from "./runtime";
import { AskedWorker, loadWorker, type WorkerClient, within } from "./workerClient";

/** How many classes are named. */
export const TOP = 5;
const MOST_THREADS = 4;
const GPU_PATIENCE_MS = 5000;

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
  const threads = Math.max(1, Math.min(MOST_THREADS, navigator.hardwareConcurrency));
  const onGpu = { accelerator: "gpu", threads: 1 } as const;
  const counts = threads > 1 ? [threads, 1] : [1];
  const onCpu = counts.map((threads) => ({ accelerator: "cpu", threads }) as const);
  if (wish === "cpu") return firstThatOpens(artifact, onCpu, []);
  if (await hasGpu()) {
    return firstThatOpens(artifact, wish === "gpu" ? [onGpu] : [onGpu, ...onCpu], []);
  }
  if (wish === "gpu") {
    throw new BadArtifact("This browser offers no WebGPU: run on the CPU or use another browser.");
  }
  return firstThatOpens(artifact, onCpu, ["Not on the GPU: this browser offers no WebGPU."]);
}

/** Each that fails is a notice, but the last. */
async function firstThatOpens(
  artifact: Artifact,
  [options, ...others]: readonly RuntimeOptions[],
  notices: readonly string[],
): Promise<{ classifier: Classifier; notice: string }> {
  if (options === undefined) throw new BadArtifact("there is nothing to run on");
  // What is wrong with the file is wrong everywhere.
  const content = await fetchContent(artifact);
  try {
    const classifier = await FileClassifier.load(artifact, content, options);
    const fewer = await classifier.whyFewer(options);
    return { classifier, notice: [...notices, ...fewer].join(" ") };
  } catch (error) {
    if (others.length === 0) throw error;
    const where = options.accelerator === "gpu" ? "on the GPU" : `with ${options.threads} threads`;
    const why = `Not ${where}: ${error instanceof Error ? error.message : error}`;
    return firstThatOpens(artifact, others, [...notices, why]);
  }
}

/** Asked before a runtime is fetched for nothing; a browser that says nothing has none. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
  try {
    return Boolean(await within(GPU_PATIENCE_MS, "", Promise.resolve(gpu?.requestAdapter())));
  } catch {
    return false;
  }
}

type Outcome = Omit<Prediction, "guesses"> & { readonly logits: Float32Array };

/** A model file in its runtime. */
class FileClassifier implements Classifier {
  private turn: Promise<unknown> = Promise.resolve();
  private pixels: Pixels = new Float32Array(0);

  private constructor(
    private readonly client: WorkerClient,
    private readonly preprocessWorker: AskedWorker<Delivery>,
    private readonly size: number,
  ) {}

  /** Load a network that was fetched; its memory is used up. */
  static async load(
    { manifest }: Artifact,
    content: Uint8Array<ArrayBuffer>,
    options: RuntimeOptions,
  ): Promise<FileClassifier> {
    const { target, input } = manifest;
    const client = await loadWorker(content, runtimeOf(target), options);
    const worker = new Worker(new URL("./preprocessWorker.ts", import.meta.url));
    worker.postMessage({ spec: input });
    const asked = new AskedWorker<Delivery>(worker, "the preprocessing");
    return new FileClassifier(client, asked, input.height * input.width * 3);
  }

  get loadInfo(): LoadInfo {
    return this.client.loadInfo;
  }

  /** A sentence where it has fewer threads than were asked for. */
  async whyFewer({ threads }: RuntimeOptions): Promise<string[]> {
    if (this.loadInfo.threads >= threads) return [];
    return [`One thread: ${await this.client.ask("whyOneThread", {})}.`];
  }

  async classify(picture: Picture): Promise<Prediction> {
    const { logits, ...times } = await this.inTurn(picture);
    return { guesses: topK(logits, TOP), ...times };
  }

  async logits(picture: Picture): Promise<Float32Array> {
    return (await this.inTurn(picture)).logits;
  }

  close(): void {
    this.preprocessWorker.close();
    this.client.close();
  }

  private inTurn(picture: Picture): Promise<Outcome> {
    const outcome = this.turn.then(() => this.run(picture));
    this.turn = outcome.catch(() => undefined); // Whoever asked is told.
    return outcome;
  }

  private async run(picture: Picture): Promise<Outcome> {
    // Memory that was lent is lost with a picture that fails.
    if (this.pixels.length === 0) this.pixels = new Float32Array(this.size);
    const { pixels, preprocess_ms } = await this.preprocess(picture);
    const outputs = await this.client.run(pixels);
    this.pixels = outputs.pixels;
    return { logits: outputs.logits, preprocess_ms, inference_ms: outputs.inference_ms };
  }

  private async preprocess(picture: Picture): Promise<Exclude<Delivery, { error: string }>> {
    const { pixels } = this;
    const transfer = [picture, pixels.buffer];
    const delivery = await this.preprocessWorker.ask({ picture, pixels }, transfer);
    if ("error" in delivery) throw new BadArtifact(delivery.error);
    return delivery;
  }
}
