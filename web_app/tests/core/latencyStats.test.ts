import { expect, test } from "vitest";
import { summarize } from "../../src/core/latencyStats";
import { read } from "./golden";

const golden = read("latency_stats.json");
type Case = (typeof golden.cases)[number];

test.each(golden.cases)("figures: $name", ({ repeats, expected }: Case) => {
  const { low_ms, high_ms, ...figures } = summarize(repeats);
  for (const [name, value] of Object.entries(figures)) {
    expect(value, name).toBeCloseTo(expected[name], 9);
  }
});

test.each(golden.cases)("interval of the median: $name", ({ repeats, expected }: Case) => {
  const { low_ms, high_ms } = summarize(repeats);
  for (const [end, [least, most]] of [
    [low_ms, expected.low_ms],
    [high_ms, expected.high_ms],
  ]) {
    expect(end).toBeGreaterThanOrEqual(least);
    expect(end).toBeLessThanOrEqual(most);
  }
});

test("no call at all is refused", () => {
  expect(() => summarize([[], []])).toThrow("no call was timed");
});
