import { expect, test } from "vitest";
import { topK } from "../../src/core/topK";
import { numbers, read } from "./golden";

const golden = read("top_k.json");

test.each(golden.cases)("$name", ({ logits, k, expected }: (typeof golden.cases)[number]) => {
  const guesses = topK(logits, k);
  expect(guesses.map(({ index }) => index)).toEqual(
    expected.map(({ index }: { index: number }) => index),
  );
  guesses.forEach(({ probability }, place) => {
    expect(probability).toBeCloseTo(expected[place].probability, 12);
  });
});

test.each(golden.refused)("refused: $name", ({ logits }: (typeof golden.refused)[number]) => {
  expect(() => topK(numbers(logits), 5)).toThrow(RangeError);
});
