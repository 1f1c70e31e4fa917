import { expect, test } from "vitest";
import { newNonce, proof } from "../../src/runtime/remotePairing";

test("a proof is that of the computer", async () => {
  // `tests/benchmark/remote_browser/test_pairing.py` has the same.
  const expected = "a7d98f28071a819eac1e776625a1a3189ce5fe7006db7c6b44bb9059ccaeedac";
  expect(await proof("secret", "page 0123")).toBe(expected);
});

test("no nonce is said twice", () => {
  const made = new Set(Array.from({ length: 100 }, newNonce));
  expect(made.size).toBe(100);
  for (const nonce of made) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
});
