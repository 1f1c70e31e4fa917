import { expect, test } from "vitest";
import type { InputSpec } from "../../src/core/manifest";
import { preprocessor, type Rotation } from "../../src/core/preprocess";
import { noise, photograph, read, sha256 } from "./golden";

interface Case {
  name: string;
  source: { picture: string } | { seed: number };
  width: number;
  height: number;
  row_stride: number;
  rotation: Rotation;
  spec: string;
  uint8_sha256: string;
  float32_sha256: string;
  pixels: [row: number, column: number, red: number, green: number, blue: number][];
}

const golden = read<{ specs: Record<string, InputSpec>; cases: Case[] }>("preprocess.json");

function frameOf(case_: Case) {
  const { source, width, height, row_stride, rotation } = case_;
  const count = (height - 1) * row_stride + 4 * width;
  const bytes = "picture" in source ? photograph(source.picture) : noise(count, source.seed);
  return { bytes, width, height, rowStride: row_stride, rotation };
}

test.each(golden.cases)("$name", (case_) => {
  const spec = golden.specs[case_.spec] as InputSpec;
  const pixels = preprocessor(spec)(frameOf(case_));
  for (const [row, column, ...rgb] of case_.pixels) {
    const at = (row * spec.width + column) * 3;
    expect([...pixels.subarray(at, at + 3)]).toEqual(rgb);
  }
  expect(sha256(pixels)).toBe(case_.uint8_sha256);
  expect(sha256(Float32Array.from(pixels))).toBe(case_.float32_sha256);
});

test("buffers are made once for frames that are alike", () => {
  const first = golden.cases[0] as Case;
  const preprocess = preprocessor(golden.specs[first.spec] as InputSpec);
  expect(preprocess(frameOf(first))).toBe(preprocess(frameOf(first)));
});

test("a frame of another geometry gets tables of its own", () => {
  const ofOneSpec = golden.cases.filter(({ spec }) => spec === "irrvit_fashion");
  const preprocess = preprocessor(golden.specs.irrvit_fashion as InputSpec);
  for (const case_ of ofOneSpec) {
    expect(sha256(preprocess(frameOf(case_)))).toBe(case_.uint8_sha256);
  }
});

test("a rotation that is no quarter turn is refused", () => {
  const frame = { bytes: new Uint8Array(4), width: 1, height: 1, rowStride: 4 };
  const preprocess = preprocessor(golden.specs.irrvit_fashion as InputSpec);
  expect(() => preprocess({ ...frame, rotation: 45 as Rotation })).toThrow("rotation is 45");
});
