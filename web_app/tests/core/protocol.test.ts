import { expect, test } from "vitest";
import {
  type Block,
  callsOfBlock,
  callsOfWarmup,
  isEnough,
  isStationary,
  type Limits,
  median,
  timeRepeat,
} from "../../src/core/protocol";
import { read } from "./golden";

interface Played {
  name: string;
  start_ms: number;
  step_ms: number;
  floor_ms: number;
  config: Limits;
  asked: number[];
  first_ms: number;
  warmup: number;
  blocks: number[];
  total_ms: number;
}

const golden = read<{
  median: { values: number[]; expected: number }[];
  block: { call_ms: number; calls: number }[];
  warmup: { call_ms: number; calls: number }[];
  stationary: { name: string; blocks: number[][]; expected: boolean }[];
  enough: {
    name: string;
    blocks: number[][];
    calls_per_value: number;
    iterations: number;
    seconds: number;
    expected: boolean;
  }[];
  repeats: Played[];
}>("protocol.json");

test.each(golden.median)("the median of $values", ({ values, expected }) => {
  expect(median(values)).toBe(expected);
});

test.each(golden.block)("calls of $call_ms ms in a block", ({ call_ms, calls }) => {
  expect(callsOfBlock(call_ms)).toBe(calls);
});

test.each(golden.warmup)("calls of $call_ms ms in the warm-up", ({ call_ms, calls }) => {
  expect(callsOfWarmup(call_ms)).toBe(calls);
});

test.each(golden.stationary)("stationary: $name", ({ blocks, expected }) => {
  expect(isStationary(blocks)).toBe(expected);
});

test.each(golden.enough)("enough: $name", ({ blocks, calls_per_value, expected, ...limits }) => {
  const timed = blocks.map((latencies_ms) => ({ latencies_ms, calls_per_value }));
  expect(isEnough(timed, limits)).toBe(expected);
});

/** A device whose calls take as long as a golden case says, on a clock of its own. */
function play({ start_ms, step_ms, floor_ms }: Played, stopAfter = Number.POSITIVE_INFINITY) {
  const asked: number[] = [];
  let [done, passed_ms] = [0, 0];
  const length = (call: number) => Math.max(floor_ms, start_ms - call * step_ms);
  return {
    asked,
    now: () => passed_ms,
    isStopped: () => asked.length >= stopAfter,
    async time(calls: number): Promise<Block> {
      asked.push(calls);
      const latencies_ms = Array.from({ length: calls }, () => length(done++));
      passed_ms += latencies_ms.reduce((sum, ms) => sum + ms, 0);
      return { latencies_ms, calls_per_value: 1 };
    },
  };
}

test.each(golden.repeats)("a whole repeat: $name", async (played) => {
  const timer = play(played);
  const { first_ms, warmup, blocks } = await timeRepeat(timer, played.config);
  expect(timer.asked).toEqual(played.asked);
  expect({ first_ms, warmup }).toEqual({ first_ms: played.first_ms, warmup: played.warmup });
  expect(blocks.map(({ latencies_ms }) => latencies_ms.length)).toEqual(played.blocks);
  const all = blocks.flatMap(({ latencies_ms }) => latencies_ms);
  expect(all.reduce((sum, ms) => sum + ms, 0)).toBe(played.total_ms);
});

const slow = golden.repeats.find(({ start_ms }) => start_ms === 24) as Played;

test.each([
  // Blocks of five calls, of which six take 0.7 s: they still get quicker then.
  [0.1, 5],
  [0.2, 10],
  [0.6, 30],
])("a warm-up of %s s ends with the block in which they pass", async (warmup_s, warmup) => {
  const repeat = await timeRepeat(play(slow), { ...slow.config, warmup_s });
  expect(repeat.warmup).toBe(warmup);
});

test("a repeat that is stopped keeps its blocks and has one at least", async () => {
  const limits = { ...slow.config, warmup_s: 0 };
  expect((await timeRepeat(play(slow, 0), limits)).blocks.length).toBe(1);
  expect((await timeRepeat(play(slow, 7), limits)).blocks.length).toBe(3);
});
