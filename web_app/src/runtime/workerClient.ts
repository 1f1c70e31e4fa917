// A worker that holds a model file, as the page sees it.

import { BadArtifact } from "./artifact";
import type { Answer, Commands, LoadInfo, Outputs } from "./benchmarkWorker";
import type { Pixels, RuntimeName, RuntimeOptions } from "./runtime";

/** How long a person waits for any answer, fetched over a slow network too. */
const PATIENCE_MS = 120_000;

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

/** Start a worker that holds nothing yet; without patience, whoever asks it ends it. */
export function startWorker(runtime: RuntimeName, patience_ms = PATIENCE_MS): WorkerClient {
  // Spelled out, because the bundler finds workers by this form.
  switch (runtime) {
    case "litert":
      return new WorkerClient(new Worker(new URL("./liteRt.ts", import.meta.url)), patience_ms);
    case "onnxruntime":
      return new WorkerClient(
        new Worker(new URL("./onnxRuntime.ts", import.meta.url)),
        patience_ms,
      );
    default:
      throw new BadArtifact(`there is no runtime "${runtime}": expected litert or onnxruntime`);
  }
}

/** What a promise gives, or an error with this sentence when it gives nothing for so long. */
export async function within<T>(ms: number, sentence: string, promised: Promise<T>): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return promised;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BadArtifact(sentence)), ms);
  });
  try {
    return await Promise.race([promised, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A worker as one asks it: every question ends in an answer or in an error. */
export class AskedWorker<Answered> {
  private readonly waiting: { resolve(answer: Answered): void; reject(error: Error): void }[] = [];
  private end: Error | undefined;

  constructor(
    private readonly worker: Worker,
    private readonly name: string,
    private readonly patience_ms = PATIENCE_MS,
  ) {
    worker.addEventListener("message", ({ data }: MessageEvent<Answered>) =>
      this.waiting.shift()?.resolve(data),
    );
    worker.addEventListener("error", ({ message }) =>
      this.fail(`${name} died: ${message || "out of memory?"}`),
    );
    worker.addEventListener("messageerror", () => this.fail(`${name} gave no readable answer`));
  }

  async ask(question: object, transfer: Transferable[] = []): Promise<Answered> {
    if (this.end !== undefined) throw this.end;
    const answered = new Promise<Answered>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(question, transfer);
    });
    const sentence = `${this.name} did not answer within ${this.patience_ms / 1000} s`;
    return within(this.patience_ms, sentence, answered);
  }

  close(): void {
    this.worker.terminate();
    this.fail(`${this.name} was closed`);
  }

  private fail(sentence: string): void {
    this.end ??= new BadArtifact(sentence);
    for (const { reject } of this.waiting.splice(0)) reject(this.end);
  }
}

/** A worker that holds a model file. */
export class WorkerClient {
  loadInfo!: LoadInfo; // There after `load`.
  private readonly worker: AskedWorker<Answer>;

  constructor(worker: Worker, patience_ms: number) {
    this.worker = new AskedWorker(worker, "the model's worker", patience_ms);
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
    const answered = this.worker.ask({ do: command, ...question }, transfer);
    return answered.then((answer) => {
      if ("error" in answer) throw new BadArtifact(answer.error);
      return answer.value;
    }) as ReturnType<Commands[K]>;
  }

  close(): void {
    this.worker.close();
  }
}
