import { expect, test } from "vitest";
import { cameraFailure, modelFailure } from "../../src/app/failure";

test.each([
  ["NotFoundError", "No camera found"],
  ["NotAllowedError", "The camera is not allowed"],
  ["NotReadableError", "The camera is in use"],
  ["Insecure", "No camera on this address"],
  ["Ended", "The camera is gone"],
])("%s has a title of its own", (name, title) => {
  expect(cameraFailure(name)).toMatchObject({ title, retry: "camera" });
});

test("an error that nobody foresaw is named", () => {
  expect(cameraFailure("AbortError").advice).toContain("AbortError");
});

test("a request that fails is told from one that fails offline", () => {
  const failed = new TypeError("Failed to fetch");
  expect(modelFailure(failed, true).title).toBe("The network cannot be loaded");
  expect(modelFailure(failed, false).title).toBe("You are offline");
});

test.each([
  new RangeError("WebAssembly.Memory(): could not allocate memory"),
  new Error("Out of memory"),
])("%s is too little memory", (error) => {
  expect(modelFailure(error, true)).toMatchObject({ title: "Not enough memory", retry: "model" });
});

test("any other error says what it says", () => {
  expect(modelFailure(new Error("file is damaged"), true).advice).toBe("file is damaged");
});

test("a browser that falsifies pictures is named, and not the device", () => {
  const failure = modelFailure(new Error("this browser falsifies the pictures"), true);
  expect(failure.title).toBe("This browser falsifies pictures");
  expect(failure.advice).toBe("This browser falsifies the pictures.");
});
