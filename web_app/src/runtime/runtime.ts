// A model file in a runtime: what every runtime here has to offer, and which one runs which file.

import { BadArtifact } from "./artifact";

export type Accelerator = "cpu" | "gpu";
export type Pixels = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
export type RuntimeName = "litert" | "onnxruntime";

export interface RuntimeOptions {
  readonly accelerator: Accelerator;
  readonly threads: number;
}

/** What really runs a file: some of it may have stayed on the CPU, or the GPU be an imitation. */
export type Placement = Accelerator | "partly gpu" | "software gpu";

/** A loaded file. `accelerator` and `threads` are those that really run it. */
export interface Runtime {
  readonly version: string;
  readonly accelerator: Placement;
  readonly threads: number;
  set(pixels: Pixels): void;
  /** What is timed, and nothing else is. */
  call(): Promise<void>;
  logits(): Promise<Float32Array<ArrayBuffer>>;
}

export type Open = (bytes: Uint8Array<ArrayBuffer>) => Promise<Runtime>;

/** Fetches and starts the runtime's own code, and returns what loads a file into it. */
export type Prepare = (options: RuntimeOptions) => Promise<Open>;

const OF_TARGET = new Map<string, RuntimeName>([
  ["tflite", "litert"],
  ["onnx", "onnxruntime"],
]);

/** The runtime that runs files of this target. */
export function runtimeOf(target: string): RuntimeName {
  const name = OF_TARGET.get(target);
  if (name === undefined) {
    const expected = [...OF_TARGET.keys()].join(" or ");
    throw new BadArtifact(`no runtime here runs "${target}" files: expected ${expected}`);
  }
  return name;
}

/** Refuse whatever an accelerator is called that is none of those that a runtime has here. */
export function requireAccelerator(
  runtime: RuntimeName,
  asked: string,
  here: readonly Accelerator[],
): void {
  if ((here as readonly string[]).includes(asked)) return;
  throw new Error(`${runtime} runs on ${here.join(" or ")} here, not on "${asked}"`);
}

/** Pixels in the type that a file's input has. */
export function inputValues(pixels: Pixels, type: string): Pixels {
  if (type === "float32") return new Float32Array(pixels);
  if (type === "uint8") return new Uint8Array(pixels);
  throw new Error(`the model's input is ${type}: expected float32 or uint8`);
}
