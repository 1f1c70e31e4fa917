import { expect, test } from "vitest";
import { preprocessor } from "../../src/core/preprocess";
import { noise, photograph, read, sha256 } from "./golden";

const golden = read("preprocess.json");

function frameOf(case_: (typeof golden.cases)[number]) {
  const { source, width, height, row_stride, rotation } = case_;
  const count = (height - 1) * row_stride + 4 * width;
  const bytes = source.picture ? photograph(source.picture) : noise(count, source.seed);
  return { bytes, width, height, rowStride: row_stride, rotation };
}

test.each(golden.cases)("$name", (case_: (typeof golden.cases)[number]) => {
  const spec = golden.specs[case_.spec];
  const pixels = preprocessor(spec)(frameOf(case_));
  for (const [row, column, ...rgb] of case_.pixels) {
    const at = (row * spec.width + column) * 3;
    expect([...pixels.subarray(at, at + 3)]).toEqual(rgb);
  }
  expect(sha256(pixels)).toBe(case_.uint8_sha256);
  expect(sha256(Float32Array.from(pixels))).toBe(case_.float32_sha256);
});

test("buffers are made once for frames that are alike", () => {
  const [first] = golden.cases;
  const preprocess = preprocessor(golden.specs[first.spec]);
  expect(preprocess(frameOf(first))).toBe(preprocess(frameOf(first)));
});

test("a frame of another geometry gets tables of its own", () => {
  const ofOneSpec = golden.cases.filter(({ spec }: { spec: string }) => spec === "irrvit_fashion");
  const preprocess = preprocessor(golden.specs.irrvit_fashion);
  for (const case_ of ofOneSpec) {
    expect(sha256(preprocess(frameOf(case_)))).toBe(case_.uint8_sha256);
  }
});
