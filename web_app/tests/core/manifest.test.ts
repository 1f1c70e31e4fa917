import { expect, test } from "vitest";
import { BadManifest, parseManifest } from "../../src/core/manifest";
import { read } from "./golden";

interface Change {
  name: string;
  field: string;
  value: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: it is spoilt in places that only the case names.
const golden = read<Record<"right" | "invalid" | "invalid_for_apps", Change[]> & { valid: any }>(
  "manifest.json",
);

function changed(field: string, value: unknown): string {
  const manifest = structuredClone(golden.valid);
  const names = field.split(".");
  const last = names.pop() as string;
  const owner = names.reduce((record, name) => record[name], manifest);
  if (value === null) delete owner[last];
  else owner[last] = value;
  return JSON.stringify(manifest);
}

test("a valid manifest is read whole", () => {
  expect(parseManifest(JSON.stringify(golden.valid))).toEqual(golden.valid);
});

test.each(golden.right)("right: $name", ({ field, value }) => {
  const text = changed(field, value);
  expect(parseManifest(text)).toEqual(JSON.parse(text));
});

test.each([...golden.invalid, ...golden.invalid_for_apps])("$name", ({ field, value }) => {
  expect(() => parseManifest(changed(field, value))).toThrow(BadManifest);
  expect(() => parseManifest(changed(field, value))).toThrow(`manifest.json: ${field} is`);
});

test("text that is no JSON is refused", () => {
  expect(() => parseManifest("<html>")).toThrow("manifest.json is not JSON");
});

test("a manifest that is no object is refused", () => {
  expect(() => parseManifest("[]")).toThrow("schema_version is missing");
  expect(() => parseManifest("null")).toThrow("the whole is null");
});
