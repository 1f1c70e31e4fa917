// How a repeat goes on, decided from its latencies alone: as Python's
// `irrvit.benchmark.run.protocol` and `irrvit.benchmark.results.stats.is_stationary`.

import { percentile } from "./latencyStats";
import { roundHalfToEven } from "./rounding";

/** A block is long against the clock and short against what disturbs a device. */
const BLOCK_MS = 100;
const MOST_CALLS = 1000;
const LEAST_WARMUP_CALLS = 5;
/** Calls before each block, to bring the network's data back to the caches. */
const UNTIMED_CALLS = 2;

/** Latencies in their order, each the mean of some calls. */
export interface Block {
  readonly latencies_ms: readonly number[];
  readonly calls_per_value: number;
}

/** How long a repeat goes on: as in `RunConfig`. */
export interface Limits {
  readonly iterations: number;
  readonly seconds: number;
  readonly warmup_s: number;
}

/** What times calls: a worker that has loaded a file; a played one in tests. */
export interface Timer {
  time(calls: number): Promise<Block>;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Asked after each block: whether somebody wants it to end early. */
  isStopped(): boolean;
}

export interface TimedRepeat {
  readonly first_ms: number;
  /** Values that were taken until they were stationary. */
  readonly warmup: number;
  readonly blocks: readonly Block[];
}

/** The first call, the warm-up, and blocks until there are enough. */
export async function timeRepeat(timer: Timer, limits: Limits): Promise<TimedRepeat> {
  const first_ms = (await timer.time(1)).latencies_ms[0] as number;
  const warmup = await warmUp(timer, first_ms, limits.warmup_s);
  const blocks: Block[] = [];
  let latest = warmup.at(-1) as readonly number[];
  while (blocks.length === 0 || !(isEnough(blocks, limits) || timer.isStopped())) {
    await timer.time(UNTIMED_CALLS);
    const block = await timer.time(callsOfBlock(median(latest)));
    blocks.push(block);
    latest = block.latencies_ms;
  }
  return { first_ms, warmup: warmup.flat().length, blocks };
}

/** Call until the latencies are stationary, or the limit is reached. */
async function warmUp(timer: Timer, first_ms: number, limit_s: number) {
  const end = timer.now() + 1000 * limit_s;
  const blocks: (readonly number[])[] = [];
  while (blocks.length === 0 || (!isStationary(blocks) && timer.now() < end)) {
    blocks.push((await timer.time(callsOfWarmup(first_ms))).latencies_ms);
  }
  return blocks;
}

export function median(latencies: readonly number[]): number {
  return percentile(Float64Array.from(latencies).sort(), 50);
}

/** How many calls of this length make a block. */
export function callsOfBlock(call_ms: number): number {
  return Math.max(1, Math.min(MOST_CALLS, roundHalfToEven(BLOCK_MS / call_ms)));
}

/** How many calls a block of the warm-up has, after a first call of this length. */
export function callsOfWarmup(first_ms: number): number {
  return Math.max(LEAST_WARMUP_CALLS, Math.floor(callsOfBlock(first_ms) / 2));
}

/** Whether the last three blocks are alike within 3 %, or get no quicker any more. */
export function isStationary(blocks: readonly (readonly number[])[]): boolean {
  if (blocks.length < 3) return false;
  const medians = blocks.slice(-3).map(median);
  const alike = Math.max(...medians) <= 1.03 * Math.min(...medians);
  const [first, , third] = medians as [number, number, number];
  return alike || (blocks.length >= 6 && third >= first);
}

/** Whether a repeat has both calls and seconds enough. */
export function isEnough(
  blocks: readonly Block[],
  { iterations, seconds }: Pick<Limits, "iterations" | "seconds">,
): boolean {
  let [calls, total_ms] = [0, 0];
  for (const { latencies_ms, calls_per_value } of blocks) {
    calls += calls_per_value * latencies_ms.length;
    total_ms += calls_per_value * latencies_ms.reduce((sum, ms) => sum + ms, 0);
  }
  return calls >= iterations && total_ms >= 1000 * seconds;
}
