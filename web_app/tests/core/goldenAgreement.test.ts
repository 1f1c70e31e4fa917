import { expect, test } from "vitest";
import { agreement, type Expected } from "../../src/core/goldenAgreement";
import { numbers, read } from "./golden";

interface Case {
  name: string;
  logits: (number | string)[];
  passed: boolean;
}

const { golden, cases } = read<{ golden: Expected; cases: Case[] }>("golden_agreement.json");

test.each(cases)("$name", ({ logits, passed }) => {
  expect(agreement(numbers(logits), golden).passed).toBe(passed);
});

test("the difference is a share of the largest logit", () => {
  expect(agreement([7.999, 0.5, 8.004, -2, 1], golden).difference).toBeCloseTo(0.0005, 12);
});

test("another class is told from a logit that is off", () => {
  expect(agreement([7.999, 0.5, 8.004, -2, 1], golden).topAgrees).toBe(true);
  expect(agreement([7.999, 9, 8, -2, 1], golden).topAgrees).toBe(false);
});
