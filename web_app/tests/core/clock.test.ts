import { expect, test } from "vitest";
import { callsPerTiming, resolutionMs } from "../../src/core/clock";

/** A clock that is read every 0.001 ms and shows multiples of its step. */
function coarse(step: number): () => number {
  let ticks = 0;
  return () => Math.floor((ticks++ * 0.001) / step) * step;
}

test("the resolution of a coarse clock is its step", () => {
  expect(resolutionMs(coarse(0.1))).toBeCloseTo(0.1);
  expect(resolutionMs(coarse(0.005))).toBeCloseTo(0.005);
});

test("a call of a hundred steps or more is timed by itself", () => {
  expect(callsPerTiming(0.5, 0.005)).toBe(1);
  expect(callsPerTiming(10, 0.1)).toBe(1);
});

test("shorter calls share a timing of a hundred steps", () => {
  expect(callsPerTiming(0.1, 0.005)).toBe(5);
  expect(callsPerTiming(1, 0.1)).toBe(10);
});

test("a call that the clock does not see at all has a hundred to its timing", () => {
  expect(callsPerTiming(0, 0.1)).toBe(100);
});
