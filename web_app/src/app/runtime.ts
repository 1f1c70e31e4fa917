// A model file in a runtime, and the talk between a page and the worker that holds one.
//
// A worker answers the commands of `irrvit.benchmark.worker.process`, with the same meaning: `load`, `set`,
// `time`, `logits`; before them `prepare`, which fetches the runtime; and `run` for a camera.

import { callsPerTiming, resolutionMs } from "../core/clock";

export type Accelerator = "cpu" | "gpu";
export type Pixels = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export interface RuntimeOptions {
  readonly accelerator: Accelerator;
  readonly threads: number;
}

/** What really runs a file: some of it may have stayed on the CPU, or the GPU be an imitation. */
export type Placement = Accelerator | "partly gpu" | "software gpu";

/** A loaded file. `accelerator` and `threads` are those that really run it. */
export interface Runtime {
  readonly version: string;
  readonly accelerator: Placement;
  readonly threads: number;
  set(pixels: Pixels): void;
  /** What is timed, and nothing else is. */
  call(): Promise<void>;
  logits(): Promise<Float32Array<ArrayBuffer>>;
}

export type Open = (bytes: Uint8Array<ArrayBuffer>) => Promise<Runtime>;

/** Fetches and starts the runtime's own code, and returns what loads a file into it. */
export type Prepare = (options: RuntimeOptions) => Promise<Open>;

export interface Loaded {
  readonly version: string;
  readonly accelerator: Placement;
  readonly threads: number;
  readonly load_ms: number;
}

/** `latencies_ms` has a mean for each timing of `calls_per_timing` calls. */
export interface Timed {
  readonly latencies_ms: readonly number[];
  readonly calls_per_timing: number;
  readonly wall_ms: number;
}

/** `pixels` are those that were given: their memory went to the worker and comes back. */
export interface Prediction {
  readonly logits: Float32Array<ArrayBuffer>;
  readonly inference_ms: number;
  readonly pixels: Pixels;
}

/** What a worker can be asked, and what it answers. */
export interface Commands {
  prepare(question: { options: RuntimeOptions }): Promise<void>;
  load(question: { bytes: Uint8Array<ArrayBuffer> }): Promise<Loaded>;
  set(question: { pixels: Pixels }): Promise<void>;
  time(question: { calls: number }): Promise<Timed>;
  logits(question: object): Promise<Float32Array<ArrayBuffer>>;
  run(question: { pixels: Pixels }): Promise<Prediction>;
}

export type Question = {
  [K in keyof Commands]: Parameters<Commands[K]>[0] & { do: K };
}[keyof Commands];
export type Answer = { value: unknown } | { error: string };

/** Make this worker answer questions, one after another, in the order in which they come. */
export function serve(prepare: Prepare): void {
  const commands = new Holder(prepare);
  let earlier: Promise<void> = Promise.resolve();
  addEventListener("message", ({ data }: MessageEvent<Question>) => {
    earlier = earlier.then(() => answer(commands, data));
  });
}

async function answer(commands: Commands, question: Question): Promise<void> {
  try {
    const act = commands[question.do] as (question: Question) => Promise<unknown>;
    const value = await act.call(commands, question);
    const transfer = question.do === "run" ? [(value as Prediction).pixels.buffer] : [];
    postMessage({ value } satisfies Answer, { transfer });
  } catch (error) {
    // The page raises it. Emscripten throws what is no Error.
    postMessage({ error: String(error instanceof Error ? error.message : error) } satisfies Answer);
  }
}

class Holder implements Commands {
  private open: Open | undefined;
  private runtime: Runtime | undefined;
  private callsPerTiming = 1;
  private readonly resolution = resolutionMs(() => performance.now());

  constructor(private readonly start: Prepare) {}

  async prepare({ options }: { options: RuntimeOptions }): Promise<void> {
    this.open = await this.start(options);
  }

  async load({ bytes }: { bytes: Uint8Array<ArrayBuffer> }): Promise<Loaded> {
    if (this.open === undefined) throw new Error("the runtime is not prepared yet");
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

  async run({ pixels }: { pixels: Pixels }): Promise<Prediction> {
    const runtime = this.loaded();
    const start = performance.now();
    runtime.set(pixels);
    const logits = await runtime.logits();
    return { logits, inference_ms: performance.now() - start, pixels };
  }

  /** Some calls share a timing where the block before has shown the clock too coarse for one. */
  async time({ calls }: { calls: number }): Promise<Timed> {
    const runtime = this.loaded();
    const per = Math.min(this.callsPerTiming, calls);
    const latencies_ms: number[] = [];
    const begin = performance.now();
    for (let done = 0; done < calls; done += per) {
      const start = performance.now();
      for (let i = 0; i < per; i++) await runtime.call();
      latencies_ms.push((performance.now() - start) / per);
    }
    const wall_ms = performance.now() - begin;
    this.callsPerTiming = callsPerTiming(Math.min(...latencies_ms), this.resolution);
    return { latencies_ms, calls_per_timing: per, wall_ms };
  }

  private loaded(): Runtime {
    if (this.runtime === undefined) throw new Error("no model is loaded yet");
    return this.runtime;
  }
}
