// The worker that holds a `.tflite` file in LiteRT.js: WebAssembly, or WebGPU where there is one.

import {
  type CompiledModel,
  getWebGpuDevice,
  loadAndCompile,
  loadLiteRt,
  supportsFeature,
  Tensor,
} from "@litertjs/core";
import packaged from "@litertjs/core/package.json" with { type: "json" };
import { serve } from "./benchmarkWorker";
import {
  inputValues,
  type Open,
  type Pixels,
  type Placement,
  type Runtime,
  type RuntimeOptions,
  requireAccelerator,
} from "./runtime";
import { NO_RELAXED_SIMD, whyNoSharedMemory } from "./threads";

const FOLDER = new URL("../runtime/litert/", self.location.href).href;

serve(prepare, whyOneThread);

/** It has no build with threads and without relaxed SIMD. */
async function whyOneThread(): Promise<string> {
  if (!(await supportsFeature("relaxedSimd"))) return NO_RELAXED_SIMD;
  return (await supportsFeature("threads")) ? "" : whyNoSharedMemory();
}

async function prepare({ accelerator, threads }: RuntimeOptions): Promise<Open> {
  requireAccelerator("litert", accelerator, ["cpu", "gpu"]);
  const onGpu = accelerator === "gpu";
  const used = onGpu || (await whyOneThread()) !== "" ? 1 : threads;
  // It opens a GPU for every file otherwise, used or not.
  if (!onGpu) Object.defineProperty(navigator, "gpu", { value: undefined });
  // Its threads are workers too; told nothing, they would load this file instead of LiteRT's.
  Object.assign(self, {
    Module: {
      mainScriptUrlOrBlob: `${FOLDER}litert_wasm_threaded_internal.js`,
      locateFile: (file: string) => FOLDER + file,
    },
  });
  await loadLiteRt(FOLDER, { threads: used > 1, jspi: onGpu && (await supportsFeature("jspi")) });
  if (onGpu && getWebGpuDevice() === null) {
    throw new Error("this browser offers no WebGPU device; use the CPU instead");
  }
  return async (bytes) => {
    const model = await loadAndCompile(bytes, {
      accelerator: onGpu ? "webgpu" : "wasm",
      cpuOptions: { numThreads: used },
      gpuOptions: { precision: "fp32" },
    });
    // Where WebGPU cannot run the whole file, LiteRT may have chosen WebAssembly instead.
    return model.options.accelerator === "webgpu"
      ? new LiteRtOnGpu(model)
      : new LiteRt(model, used);
  };
}

class LiteRt implements Runtime {
  readonly version = `@litertjs/core ${packaged.version}`;
  readonly accelerator: Placement = "cpu";
  private input: Tensor | undefined;

  constructor(
    protected readonly model: CompiledModel,
    readonly threads: number,
  ) {}

  set(pixels: Pixels): void {
    const [wanted] = this.model.getInputDetails();
    if (wanted === undefined) throw new Error("the model has no input");
    this.input?.delete();
    this.input = new Tensor(inputValues(pixels, wanted.dtype), wanted.shape);
  }

  async call(): Promise<void> {
    (await this.output()).delete();
  }

  async logits(): Promise<Float32Array<ArrayBuffer>> {
    const output = await this.output();
    const values = await output.data();
    output.delete();
    if (!(values instanceof Float32Array)) {
      throw new Error("the model's output is not float32, as irrvit-export writes it");
    }
    return Float32Array.from(values);
  }

  protected async output(): Promise<Tensor> {
    if (this.input === undefined) throw new Error("no pixels were given yet");
    const [output] = await this.model.run([this.input]);
    if (output === undefined) throw new Error("the model has no output");
    return output;
  }
}

class LiteRtOnGpu extends LiteRt {
  override readonly accelerator = this.placement();

  constructor(model: CompiledModel) {
    super(model, 1);
  }

  /** The GPU is done when its answer can be read, not when it was asked. */
  override async call(): Promise<void> {
    await this.logits();
  }

  private placement(): Placement {
    if (getWebGpuDevice()?.adapterInfo.architecture === "swiftshader") return "software gpu";
    return this.model.isFullyAccelerated ? "gpu" : "partly gpu";
  }
}
