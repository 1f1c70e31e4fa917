import { expect, test } from "vitest";
import { callsOfBlock, isEnough, isStationary, median } from "../../src/core/protocol";

const blocks = (...medians: number[]) => medians.map((ms) => [ms, ms, 9 * ms]);

test("the median lies between the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("a block takes about a tenth of a second, and has a call at least and a thousand at most", () => {
  expect([0.01, 2, 30, 500].map(callsOfBlock)).toEqual([1000, 50, 3, 1]);
});

test("blocks that are alike are stationary, and two are too few to tell", () => {
  expect(isStationary(blocks(10, 10.1, 10.2))).toBe(true);
  expect(isStationary(blocks(10, 10))).toBe(false);
});

test("blocks that still get quicker are not stationary", () => {
  expect(isStationary(blocks(20, 15, 12, 11, 10.5, 10))).toBe(false);
});

test("after six blocks it is enough that they get no quicker", () => {
  expect(isStationary(blocks(9, 9, 9, 10, 12, 11))).toBe(true);
  expect(isStationary(blocks(10, 12, 11))).toBe(false);
});

test("a repeat needs both calls and time, and a value may be the mean of several calls", () => {
  const wanted = { iterations: 4, seconds: 1 };
  const block = (ms: number, values: number, calls_per_timing = 1) => ({
    latencies_ms: Array(values).fill(ms),
    calls_per_timing,
  });
  expect(isEnough([block(400, 2), block(400, 1)], wanted)).toBe(false);
  expect(isEnough([block(1, 4)], wanted)).toBe(false);
  expect(isEnough([block(300, 2), block(300, 2)], wanted)).toBe(true);
  expect(isEnough([block(300, 2, 2)], wanted)).toBe(true);
});
