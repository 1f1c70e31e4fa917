import { expect, test } from "vitest";
import { type Manifest, parseManifest } from "../../src/core/manifest";
import { type Measurement, measurement, type Run } from "../../src/core/measurement";
import { read } from "./golden";

const golden = read<{ manifest: Manifest; run: Run; expected: Measurement }>("measurement.json");

test("a run and its artifact make the record that Python reads", () => {
  const manifest = parseManifest(JSON.stringify(golden.manifest));
  const written = JSON.parse(JSON.stringify(measurement(manifest, golden.run)));
  expect(written).toEqual(golden.expected);
});
