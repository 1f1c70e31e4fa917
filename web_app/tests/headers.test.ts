import { expect, test } from "vitest";
import headers from "../headers.json" with { type: "json" };

const policy = Object.fromEntries(
  headers["Content-Security-Policy"].split("; ").map((rule) => {
    const [name, ...sources] = rule.split(" ");
    return [name, sources];
  }),
);

test("the policy names no other host", () => {
  const sources = new Set(Object.values(policy).flat());
  expect([...sources].sort()).toEqual(["'none'", "'self'", "'wasm-unsafe-eval'", "blob:", "data:"]);
});

test("scripts come from the page's own host alone", () => {
  expect(policy["default-src"]).toEqual(["'none'"]);
  expect(policy["script-src"]).toEqual(["'self'", "'wasm-unsafe-eval'"]);
});

test("the page is isolated, which threads and a fine clock need", () => {
  expect(headers["Cross-Origin-Opener-Policy"]).toBe("same-origin");
  expect(headers["Cross-Origin-Embedder-Policy"]).toBe("require-corp");
});
