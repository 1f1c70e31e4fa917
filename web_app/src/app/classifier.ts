// A model in a worker of its own, as the page sees it.

import { hexDigest } from "./device";
import type { Answer, Commands, Loaded, Pixels, Prediction, RuntimeOptions } from "./runtime";

export type RuntimeName = "litert" | "onnxruntime";

export interface ClassifierOptions extends RuntimeOptions {
  readonly runtime: RuntimeName;
}

/** What a camera needs of a model; a fake one drives tests. */
export interface Classifier {
  /** What really runs it. */
  readonly info: Loaded;
  /** The pixels' memory is lent and comes back in the answer, so that a frame allocates none. */
  run(pixels: Pixels): Promise<Prediction>;
  close(): void;
}

/** A model cannot be used; the message says why and what to do. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** Threads need a page that is isolated, which the headers of its host decide. */
export function possibleThreads(wanted: number): number {
  return crossOriginIsolated ? Math.min(wanted, navigator.hardwareConcurrency) : 1;
}

/** Fetch a file, and see that it is the one that its manifest describes. */
export async function fetchModel(url: string, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetchBytes(url);
  const found = await hexDigest(bytes);
  if (found !== sha256) {
    throw new ModelError(
      `${url} is damaged or another file than its manifest describes: its SHA-256 is ` +
        `${found.slice(0, 8)}…, expected ${sha256.slice(0, 8)}…; reload the page or export it again`,
    );
  }
  return bytes;
}

export async function fetchBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new ModelError(
      `${url} cannot be loaded: the host says ${response.status}; build it anew`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** Start a worker and load a file; `bytes` belong to the worker from then on. */
export async function loadClassifier(
  bytes: Uint8Array<ArrayBuffer>,
  options: ClassifierOptions,
): Promise<WorkerClassifier> {
  const classifier = startClassifier(options.runtime);
  try {
    await classifier.ask("prepare", { options });
    await classifier.load(bytes);
  } catch (error) {
    classifier.close();
    throw error;
  }
  return classifier;
}

/** Start a worker that holds nothing yet. */
export function startClassifier(runtime: RuntimeName): WorkerClassifier {
  // Spelled out, because the bundler finds workers by this form.
  const worker =
    runtime === "litert"
      ? new Worker(new URL("./litert.ts", import.meta.url))
      : new Worker(new URL("./onnx.ts", import.meta.url));
  return new WorkerClassifier(worker);
}

export class WorkerClassifier implements Classifier {
  info!: Loaded; // There after `load`, and whoever has a Classifier has it from there.
  private readonly waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];

  constructor(private readonly worker: Worker) {
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const asked = this.waiting.shift();
      if ("error" in data) asked?.reject(new ModelError(data.error));
      else asked?.resolve(data.value);
    });
    worker.addEventListener("error", (event) => {
      const error = new ModelError(`the model's worker died: ${event.message || "out of memory?"}`);
      for (const asked of this.waiting.splice(0)) asked.reject(error);
    });
  }

  async load(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.info = await this.ask("load", { bytes }, [bytes.buffer]);
  }

  run(pixels: Pixels): Promise<Prediction> {
    return this.ask("run", { pixels }, [pixels.buffer]);
  }

  /** Have the worker do something; it answers in the order in which it was asked. */
  ask<K extends keyof Commands>(
    command: K,
    question: Parameters<Commands[K]>[0],
    transfer: Transferable[] = [],
  ): ReturnType<Commands[K]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage({ do: command, ...question }, transfer);
    }) as ReturnType<Commands[K]>;
  }

  close(): void {
    this.worker.terminate();
  }
}
