// A worker that holds a model file, as the page sees it.

import { BadArtifact } from "./artifact";
import type { Answer, Commands, LoadInfo, Outputs } from "./benchmarkWorker";
import type { Pixels, RuntimeName, RuntimeOptions } from "./runtime";

/** Threads need a page that is isolated, which the headers of its host decide. */
export function possibleThreads(wanted: number): number {
  return crossOriginIsolated ? Math.min(wanted, navigator.hardwareConcurrency) : 1;
}

/** Start a worker and load a file; `bytes` belong to the worker from then on. */
export async function loadWorker(
  bytes: Uint8Array<ArrayBuffer>,
  runtime: RuntimeName,
  options: RuntimeOptions,
): Promise<WorkerClient> {
  const client = startWorker(runtime);
  try {
    await client.ask("prepare", { options });
    await client.load(bytes);
  } catch (error) {
    client.close();
    throw error;
  }
  return client;
}

/** Start a worker that holds nothing yet. */
export function startWorker(runtime: RuntimeName): WorkerClient {
  // Spelled out, because the bundler finds workers by this form.
  switch (runtime) {
    case "litert":
      return new WorkerClient(new Worker(new URL("./liteRt.ts", import.meta.url)));
    case "onnxruntime":
      return new WorkerClient(new Worker(new URL("./onnxRuntime.ts", import.meta.url)));
    default:
      throw new BadArtifact(`there is no runtime "${runtime}": expected litert or onnxruntime`);
  }
}

export class WorkerClient {
  loadInfo!: LoadInfo; // There after `load`.
  private readonly waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];

  constructor(private readonly worker: Worker) {
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const asked = this.waiting.shift();
      if ("error" in data) asked?.reject(new BadArtifact(data.error));
      else asked?.resolve(data.value);
    });
    worker.addEventListener("error", (event) => {
      const why = event.message || "out of memory?";
      const error = new BadArtifact(`the model's worker died: ${why}`);
      for (const asked of this.waiting.splice(0)) asked.reject(error);
    });
  }

  async load(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.loadInfo = await this.ask("load", { bytes }, [bytes.buffer]);
  }

  /** The pixels' memory is lent and comes back in the answer, so that a frame allocates none. */
  run(pixels: Pixels): Promise<Outputs> {
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
