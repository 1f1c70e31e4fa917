// What `irrvit-bench --device browser` finds in the page, and drives block by block.

import {
  type ClassifierOptions,
  fetchBytes,
  startClassifier,
  type WorkerClassifier,
} from "./classifier";
import type { Loaded, Timed } from "./runtime";

/** Commands of `irrvit.benchmark.worker.process`. */
export interface Harness {
  prepare(options: ClassifierOptions): Promise<void>;
  load(url: string): Promise<Loaded>;
  set(url: string): Promise<void>;
  time(calls: number): Promise<Timed>;
  logits(): Promise<number[]>;
}

declare global {
  interface Window {
    irrvit?: Promise<Harness>;
  }
}

/** Do what the harness says, one block at a time; it decides when and how often. */
export function harness(): Harness {
  let model: WorkerClassifier;
  return {
    async prepare(options) {
      model = startClassifier(options.runtime);
      await model.ask("prepare", { options });
    },
    async load(url) {
      await model.load(await fetchBytes(url));
      return model.info;
    },
    async set(url) {
      const bytes = await fetchBytes(url);
      await model.ask("set", { pixels: new Float32Array<ArrayBuffer>(bytes.buffer) });
    },
    time: (calls) => model.ask("time", { calls }),
    logits: async () => Array.from(await model.ask("logits", {})),
  };
}
