import { expect, test } from "vitest";
import { agreement, type Expected, goldenAgreement } from "../../src/core/goldenAgreement";
import { numbers, read } from "./golden";

interface Case {
  name: string;
  golden: Expected;
  logits: (number | string)[];
  top_agrees: boolean;
  passed: boolean;
}

interface Pictures {
  name: string;
  pictures: string[];
  cases: number;
  agreeing: number;
  failed: string[];
  passed: boolean;
}

const { cases, sets } = read<{ cases: Case[]; sets: Pictures[] }>("golden_agreement.json");

function find(picture: string) {
  const { golden, logits } = cases.find(({ name }) => name === picture) as Case;
  return agreement(numbers(logits), golden);
}

test.each(cases)("$name", ({ name, passed, top_agrees }) => {
  expect(find(name)).toMatchObject({ passed, topAgrees: top_agrees });
});

test.each(sets)("all together: $name", ({ pictures, cases, agreeing, failed, passed }) => {
  const found = goldenAgreement(
    pictures.map((name) => [name, find(name)]),
    1e-4,
  );
  expect(found).toMatchObject({ cases, agreeing, passed });
  expect(found.failures.map((text) => text.split(":")[0])).toEqual(failed);
});

test("without a scale the difference is a share of the largest logit, and the largest of all pictures", () => {
  const golden = { top5: [2, 0, 4], logits: [8, 7.999, 1], tolerance: 1e-4 };
  const off = agreement([7.999, 0.5, 8.004, -2, 1], golden);
  const same = agreement([7.999, 0.5, 8, -2, 1], golden);
  expect(off.difference).toBeCloseTo(0.0005, 12);
  const pictures = [same, off, same].map((found, i) => [`${i}`, found] as const);
  expect(goldenAgreement(pictures, 1e-4)).toMatchObject({
    difference: off.difference,
    failures: ["1: a logit is off by 0.00050 of what decides, 0.0001 is allowed"],
  });
  expect(goldenAgreement([], 1e-4).difference).toBeNaN();
});
