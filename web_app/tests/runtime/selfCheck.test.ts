import { expect, test } from "vitest";
import { type Manifest, parseManifest } from "../../src/core/manifest";
import type { Picture } from "../../src/runtime/frameReader";
import { selfCheck } from "../../src/runtime/selfCheck";
import { read } from "../core/golden";

const { valid } = read<{ valid: Manifest }>("manifest.json");
const manifest = parseManifest(JSON.stringify(valid));
const [golden] = manifest.golden;
const logits = Float32Array.from({ length: 3 });
golden?.top5.forEach((index, place) => {
  logits[index] = golden.logits[place] as number;
});

/** A classifier that answers the same whatever it is shown, and a picture that is none. */
function check(changed: Partial<Manifest>, answer: Float32Array) {
  const asked: string[] = [];
  const found = selfCheck(
    { ...manifest, ...changed },
    { logits: async () => answer },
    async (name) => {
      asked.push(name);
      return {} as Picture;
    },
  );
  return found.then((agreement) => ({ ...agreement, asked }));
}

test("every golden picture is shown, and right answers pass", async () => {
  const found = await check({}, logits);
  expect(found).toMatchObject({ cases: 1, agreeing: 1, failures: [], passed: true });
  expect(found.asked).toEqual([golden?.picture]);
});

test("another answer fails with the picture's name", async () => {
  const found = await check({}, logits.slice().reverse());
  expect(found.passed).toBe(false);
  expect(found.failures[0]).toContain(golden?.picture);
});

test("a manifest without golden pictures has failed", async () => {
  expect(await check({ golden: [] }, logits)).toMatchObject({ cases: 0, passed: false });
});
