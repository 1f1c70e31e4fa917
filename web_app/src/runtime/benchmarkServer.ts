// What `irrvit-bench --device browser` finds in the page, and drives block by block: the commands
// of docs/protocol.md.

import { fetchBytes } from "./artifact";
import type { LoadInfo, TimedBlock } from "./benchmarkWorker";
import type { RuntimeName, RuntimeOptions } from "./runtime";
import { startWorker, type WorkerClient } from "./workerClient";

export interface BenchmarkServer {
  prepare(options: RuntimeOptions & { readonly runtime: RuntimeName }): Promise<void>;
  load(url: string): Promise<LoadInfo>;
  set(url: string): Promise<void>;
  time(calls: number): Promise<TimedBlock>;
  logits(): Promise<number[]>;
}

declare global {
  interface Window {
    irrvit?: Promise<BenchmarkServer>;
  }
}

/** Do what is asked for, one block at a time; whoever asks decides when and how often. */
export function benchmarkServer(): BenchmarkServer {
  let client: WorkerClient;
  return {
    async prepare(options) {
      client = startWorker(options.runtime, Number.POSITIVE_INFINITY); // Its timeouts decide.
      await client.ask("prepare", { options });
    },
    async load(url) {
      await client.load(await fetchBytes(url));
      return client.loadInfo;
    },
    async set(url) {
      const bytes = await fetchBytes(url);
      await client.ask("set", { pixels: new Float32Array<ArrayBuffer>(bytes.buffer) });
    },
    time: (calls) => client.ask("time", { calls }),
    logits: async () => Array.from(await client.ask("logits", {})),
  };
}
