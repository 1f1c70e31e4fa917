import { afterEach, expect, test, vi } from "vitest";
import { batteryState, browserName, identity } from "../../src/app/deviceFacts";

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0";

test.each([
  [`Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`, "Chrome 131.0.0.0"],
  [`Mozilla/5.0 (Windows NT 10.0) ${CHROME} Safari/537.36 Edg/131.0.2903.51`, "Edge 131.0.2903.51"],
  ["Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", "Firefox 132.0"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 " +
      "Version/18.1 Mobile/15E148 Safari/604.1",
    "Safari 18.1",
  ],
  ["curl/8", "a browser"],
])("%s is %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});

afterEach(() => vi.unstubAllGlobals());

test("a browser keeps its number", () => {
  const kept = new Map<string, string>();
  const getItem = (name: string) => kept.get(name) ?? null;
  vi.stubGlobal("localStorage", {
    getItem,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  const made = identity();
  expect(made).toMatch(/^[0-9a-f]{32}$/);
  expect(identity()).toBe(made);
});

test("a browser that keeps nothing has another each time", () => {
  vi.stubGlobal("localStorage", {
    getItem() {
      throw new Error("The operation is insecure");
    },
  });
  expect(identity()).not.toBe(identity());
});

const FULL = { level: 1, charging: true, dischargingTime: Number.POSITIVE_INFINITY };

test.each([
  ["half full", { ...FULL, level: 0.5 }, { battery_percent: 50, charging: true }],
  ["full and in use", { ...FULL, charging: false }, { battery_percent: 100, charging: false }],
  ["what a browser says that knows nothing", FULL, {}],
])("a battery that is %s", async (_, battery, said) => {
  vi.stubGlobal("navigator", { getBattery: async () => battery });
  expect(await batteryState()).toEqual(said);
});

test.each([
  ["has no word for batteries", {}],
  ["refuses", { getBattery: () => Promise.reject(new Error("NotAllowedError")) }],
])("nothing is said of the battery where a browser %s", async (_, navigator) => {
  vi.stubGlobal("navigator", navigator);
  expect(await batteryState()).toEqual({});
});
