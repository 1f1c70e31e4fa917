import { expect, test } from "vitest";
import { type Manifest, parseManifest } from "../../src/core/manifest";
import { type Measurement, measurement, type Run } from "../../src/core/measurement";
import { read } from "./golden";

const golden = read<{
  manifest: Manifest;
  cases: { name: string; run: Run; expected: Measurement }[];
}>("measurement.json");

test.each(golden.cases)("a run is the record that Python reads: $name", ({ run, expected }) => {
  const manifest = parseManifest(JSON.stringify(golden.manifest));
  expect(JSON.parse(JSON.stringify(measurement(manifest, run)))).toEqual(expected);
});
