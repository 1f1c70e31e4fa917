import { expect, test } from "vitest";
import { parseManifest } from "../../src/core/manifest";
import { measurement } from "../../src/core/measurement";
import { read } from "./golden";

const golden = read("measurement.json");

test("a run and its artifact make the record that Python reads", () => {
  const manifest = parseManifest(JSON.stringify(golden.manifest));
  const written = JSON.parse(JSON.stringify(measurement(manifest, golden.run)));
  expect(written).toEqual(golden.expected);
});
