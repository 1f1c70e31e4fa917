import { expect, test } from "vitest";
import { BadArtifact } from "../../src/runtime/artifact";
import { inputValues, requireAccelerator, runtimeOf } from "../../src/runtime/runtime";
import { startWorker } from "../../src/runtime/workerClient";

test("each target has its runtime", () => {
  expect(runtimeOf("tflite")).toBe("litert");
  expect(runtimeOf("onnx")).toBe("onnxruntime");
});

test.each(["coreml", "", "constructor", "ONNX"])('files for "%s" are refused', (target) => {
  expect(() => runtimeOf(target)).toThrow(BadArtifact);
  expect(() => runtimeOf(target)).toThrow(
    `no runtime here runs "${target}" files: expected tflite or onnx`,
  );
});

test("an unknown runtime is refused before a worker starts", () => {
  expect(() => startWorker("torch" as "litert")).toThrow(
    'there is no runtime "torch": expected litert or onnxruntime',
  );
});

test("an accelerator is one of those that a runtime has", () => {
  expect(() => requireAccelerator("litert", "gpu", ["cpu", "gpu"])).not.toThrow();
  expect(() => requireAccelerator("onnxruntime", "gpu", ["cpu"])).toThrow(
    'onnxruntime runs on cpu here, not on "gpu"',
  );
  expect(() => requireAccelerator("litert", "npu", ["cpu", "gpu"])).toThrow(
    'litert runs on cpu or gpu here, not on "npu"',
  );
});

test("pixels get the type of the file's input, and no other type is guessed", () => {
  const pixels = Float32Array.of(0, 127, 255);
  expect(inputValues(pixels, "float32")).toEqual(pixels);
  expect(inputValues(pixels, "uint8")).toEqual(Uint8Array.of(0, 127, 255));
  expect(() => inputValues(pixels, "int8")).toThrow("is int8: expected float32 or uint8");
});
