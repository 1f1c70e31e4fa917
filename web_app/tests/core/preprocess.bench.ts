import { bench } from "vitest";
import type { InputSpec } from "../../src/core/manifest";
import { preprocessor, type Rotation } from "../../src/core/preprocess";
import { noise, read } from "./golden";

const { specs } = read<{ specs: Record<string, InputSpec> }>("preprocess.json");
const [width, height] = [1280, 720];
const bytes = noise(width * height * 4, 1);

for (const [name, rotation] of [
  ["efficientnet_lite0", 0],
  ["efficientnet_lite0", 90],
  ["irrvit_fashion", 0],
] as [string, Rotation][]) {
  const preprocess = preprocessor(specs[name] as InputSpec);
  bench(`${name}: ${width} x ${height}, turned ${rotation}`, () => {
    preprocess({ bytes, width, height, rowStride: width * 4, rotation });
  });
}
