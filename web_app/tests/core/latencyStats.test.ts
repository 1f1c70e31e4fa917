import { expect, test } from "vitest";
import { stretch, summarize } from "../../src/core/latencyStats";
import { read } from "./golden";

type Range = [least: number, most: number];

interface Case {
  name: string;
  repeats: number[][];
  expected: Record<"low_ms" | "high_ms", Range> & Record<string, number | Range>;
  apps: Record<"stretch" | "low_ms" | "high_ms", number>;
}

const golden = read<{ cases: Case[] }>("latency_stats.json");

test.each(golden.cases)("figures: $name", ({ repeats, expected }) => {
  const { low_ms, high_ms, ...figures } = summarize(repeats);
  for (const [name, value] of Object.entries(figures)) {
    expect(value, name).toBeCloseTo(expected[name] as number, 9);
  }
});

test.each(golden.cases)("interval of the median: $name", ({ repeats, expected }) => {
  const { low_ms, high_ms } = summarize(repeats);
  for (const [end, [least, most]] of [
    [low_ms, expected.low_ms],
    [high_ms, expected.high_ms],
  ] as [number, Range][]) {
    expect(end).toBeGreaterThanOrEqual(least);
    expect(end).toBeLessThanOrEqual(most);
  }
});

test.each(golden.cases)("the same draws as in every app: $name", ({ repeats, apps }) => {
  const { low_ms, high_ms } = summarize(repeats);
  expect(stretch(repeats.flat())).toBe(apps.stretch);
  expect(low_ms).toBeCloseTo(apps.low_ms, 9);
  expect(high_ms).toBeCloseTo(apps.high_ms, 9);
});

test("no call at all is refused", () => {
  expect(() => summarize([[], []])).toThrow("no call was timed");
});
