// How a run goes on, decided from its latencies: as Python's `irrvit.benchmark.run.rounds` and `stats`.

import { percentile } from "./latencyStats";

/** A block is long against the clock and short against what disturbs a device. */
const BLOCK_MS = 100;
const MOST_CALLS = 1000;

export function median(latencies: readonly number[]): number {
  return percentile(Float64Array.from(latencies).sort(), 50);
}

export function callsOfBlock(call_ms: number): number {
  return Math.max(1, Math.min(MOST_CALLS, Math.round(BLOCK_MS / call_ms)));
}

/** Whether the last three blocks are alike within 3 %, or get no quicker any more. */
export function isStationary(blocks: readonly (readonly number[])[]): boolean {
  if (blocks.length < 3) return false;
  const medians = blocks.slice(-3).map(median);
  const alike = Math.max(...medians) <= 1.03 * Math.min(...medians);
  const [first, , third] = medians as [number, number, number];
  return alike || (blocks.length >= 6 && third >= first);
}

/** Latencies of a block, each the mean of some calls. */
export interface Block {
  readonly latencies_ms: readonly number[];
  readonly calls_per_timing: number;
}

/** Whether a repeat has both calls and seconds enough. */
export function isEnough(
  blocks: readonly Block[],
  wanted: { readonly iterations: number; readonly seconds: number },
): boolean {
  let [calls, total_ms] = [0, 0];
  for (const { latencies_ms, calls_per_timing } of blocks) {
    calls += calls_per_timing * latencies_ms.length;
    total_ms += calls_per_timing * latencies_ms.reduce((sum, ms) => sum + ms, 0);
  }
  return calls >= wanted.iterations && total_ms >= 1000 * wanted.seconds;
}
