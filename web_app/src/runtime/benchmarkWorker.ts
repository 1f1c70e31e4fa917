// What is measured: a worker that holds one file in one runtime and does what it is told. Its
// commands are those of docs/protocol.md, and `run` for a camera.

import { callsPerTiming, resolutionMs } from "../core/clock";
import type { Block } from "../core/protocol";
import type { Open, Pixels, Placement, Prepare, Runtime, RuntimeOptions } from "./runtime";

export interface LoadInfo {
  readonly version: string;
  readonly accelerator: Placement;
  readonly threads: number;
  readonly load_ms: number;
}

export interface TimedBlock extends Block {
  readonly wall_ms: number;
}

/** `pixels` are those that were given: their memory went to the worker and comes back. */
export interface Outputs {
  readonly logits: Float32Array<ArrayBuffer>;
  readonly inference_ms: number;
  readonly pixels: Pixels;
}

/** What a worker can be asked, and what it answers. */
export interface Commands {
  /** Why there is one thread and no more; nothing where there may be more. */
  whyOneThread(question: object): Promise<string>;
  prepare(question: { options: RuntimeOptions }): Promise<void>;
  load(question: { bytes: Uint8Array<ArrayBuffer> }): Promise<LoadInfo>;
  set(question: { pixels: Pixels }): Promise<void>;
  time(question: { calls: number }): Promise<TimedBlock>;
  logits(question: object): Promise<Float32Array<ArrayBuffer>>;
  run(question: { pixels: Pixels }): Promise<Outputs>;
}

export type Question = {
  [K in keyof Commands]: Parameters<Commands[K]>[0] & { do: K };
}[keyof Commands];
export type Answer = { value: unknown } | { error: string };

/** Make this worker answer questions, one after another, in the order in which they come. */
export function serve(prepare: Prepare, whyOneThread: () => Promise<string>): void {
  const worker = new BenchmarkWorker(prepare, whyOneThread);
  let earlier: Promise<void> = Promise.resolve();
  addEventListener("message", ({ data }: MessageEvent<Question>) => {
    earlier = earlier.then(async () => {
      const reply = await answer(worker, data);
      const value = "value" in reply ? reply.value : undefined;
      const transfer = data.do === "run" && value ? [(value as Outputs).pixels.buffer] : [];
      postMessage(reply, { transfer });
    });
  });
}

/** Errors go to whoever asked: this worker has nobody else to tell. */
export async function answer(worker: Commands, question: Question): Promise<Answer> {
  try {
    const act = worker[question.do] as ((question: Question) => Promise<unknown>) | undefined;
    if (act === undefined) throw new Error(`there is no command "${question.do}"`);
    return { value: await act.call(worker, question) };
  } catch (error) {
    // Emscripten throws what is no Error.
    return { error: String(error instanceof Error ? error.message : error) };
  }
}

export class BenchmarkWorker implements Commands {
  private open: Open | undefined;
  private runtime: Runtime | undefined;
  private callsPerValue = 1;
  private readonly resolution = resolutionMs(() => performance.now());

  constructor(
    private readonly start: Prepare,
    readonly whyOneThread: () => Promise<string>,
  ) {}

  async prepare({ options }: { options: RuntimeOptions }): Promise<void> {
    this.open = await this.start(options);
  }

  async load({ bytes }: { bytes: Uint8Array<ArrayBuffer> }): Promise<LoadInfo> {
    if (this.open === undefined) throw new Error('no runtime is prepared: "prepare" comes first');
    const start = performance.now();
    const runtime = await this.open(bytes);
    const load_ms = performance.now() - start;
    this.runtime = runtime;
    const { version, accelerator, threads } = runtime;
    return { version, accelerator, threads, load_ms };
  }

  async set({ pixels }: { pixels: Pixels }): Promise<void> {
    this.loaded().set(pixels);
  }

  async logits(): Promise<Float32Array<ArrayBuffer>> {
    return this.loaded().logits();
  }

  async run({ pixels }: { pixels: Pixels }): Promise<Outputs> {
    const runtime = this.loaded();
    const start = performance.now();
    runtime.set(pixels);
    const logits = await runtime.logits();
    return { logits, inference_ms: performance.now() - start, pixels };
  }

  /** Some calls share a timing where the block before has shown the clock too coarse for one. */
  async time({ calls }: { calls: number }): Promise<TimedBlock> {
    const runtime = this.loaded();
    const per = Math.min(this.callsPerValue, calls);
    const latencies_ms: number[] = [];
    const begin = performance.now();
    for (let done = 0; done < calls; done += per) {
      const start = performance.now();
      for (let i = 0; i < per; i++) await runtime.call();
      latencies_ms.push((performance.now() - start) / per);
    }
    const wall_ms = performance.now() - begin;
    this.callsPerValue = callsPerTiming(Math.min(...latencies_ms), this.resolution);
    return { latencies_ms, calls_per_value: per, wall_ms };
  }

  private loaded(): Runtime {
    if (this.runtime === undefined) throw new Error('no file is loaded: "load" comes first');
    return this.runtime;
  }
}
