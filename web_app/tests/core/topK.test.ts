import { expect, test } from "vitest";
import { type Guess, topK } from "../../src/core/topK";
import { numbers, read } from "./golden";

interface Case {
  name: string;
  k: number;
  logits: number[];
  expected: Guess[];
}

interface Refused {
  name: string;
  logits: (number | string)[];
}

const golden = read<{ cases: Case[]; refused: Refused[] }>("top_k.json");

test.each(golden.cases)("$name", ({ logits, k, expected }) => {
  const guesses = topK(logits, k);
  expect(guesses.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
  guesses.forEach(({ probability }, place) => {
    expect(probability).toBeCloseTo(expected[place]?.probability ?? Number.NaN, 12);
  });
});

test.each(golden.refused)("refused: $name", ({ logits }) => {
  expect(() => topK(numbers(logits), 5)).toThrow(RangeError);
});
