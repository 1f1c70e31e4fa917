import { expect, test } from "vitest";
import { summarize } from "../../src/core/latencyStats";
import { read } from "./golden";

type Range = [least: number, most: number];

interface Case {
  name: string;
  repeats: number[][];
  expected: Record<"low_ms" | "high_ms", Range> & Record<string, number | Range>;
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

test("no call at all is refused", () => {
  expect(() => summarize([[], []])).toThrow("no call was timed");
});
