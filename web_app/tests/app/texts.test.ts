import { expect, test } from "vitest";
import { answersText, checkText, labelText, placementText, shareText } from "../../src/app/texts";
import type { Placement } from "../../src/runtime/runtime";

const found = { cases: 6, agreeing: 6, failures: [], difference: 3.2e-6, passed: true };

test("a check says how many pictures agree and how far the logits are off", () => {
  expect(checkText({ kind: "done", found })).toBe("✓ PyTorch 6/6 · ±3e-6");
  const failed = { ...found, agreeing: 4, failures: ["coffee.jpg: …"], passed: false };
  expect(checkText({ kind: "done", found: failed })).toBe("✗ Computes wrongly 4/6 · ±3e-6");
});

test("a check that compared nothing has failed", () => {
  const nothing = { cases: 0, agreeing: 0, failures: [], difference: Number.NaN, passed: false };
  expect(checkText({ kind: "done", found: nothing })).toBe("✗ Computes wrongly 0/0 · ±NaN");
});

test.each([
  [0, [], "nothing to compare with"],
  [6, [], "all 6"],
  [6, ["a: …", "b: …"], "a: …; b: …"],
])("%d golden pictures with the failures %j: %s", (cases, failures, text) => {
  expect(answersText({ cases, failures })).toBe(text);
});

test.each<[Placement, number, string]>([
  ["cpu", 1, "CPU (WebAssembly), 1 thread"],
  ["cpu", 4, "CPU (WebAssembly), 4 threads"],
  ["gpu", 1, "GPU (WebGPU)"],
  ["partly gpu", 1, "GPU in part, the rest on the CPU"],
  ["software gpu", 1, "GPU imitated by the CPU"],
])("%s with %d threads is %s", (accelerator, threads, text) => {
  expect(placementText({ version: "", load_ms: 1, accelerator, threads })).toBe(text);
});

test("of a label's synonyms the first is shown, and a class without one by its number", () => {
  const labels = ["tench, Tinca tinca"];
  expect(labelText(labels, { index: 0, probability: 1 })).toBe("tench");
  expect(labelText(labels, { index: 1, probability: 1 })).toBe("class 1");
});

test.each([
  [0.0049, "< 1 %"],
  [0.005, "1 %"],
  [0.994, "99 %"],
])("a share of %d is %s", (probability, text) => {
  expect(shareText({ index: 0, probability })).toBe(text);
});
