// The worker that holds an `.onnx` file in onnxruntime-web: WebAssembly.

import * as ort from "onnxruntime-web/wasm";
import { serve } from "./benchmarkWorker";
import {
  inputValues,
  type Pixels,
  type Runtime,
  type RuntimeOptions,
  requireAccelerator,
} from "./runtime";

serve(async ({ accelerator, threads }: RuntimeOptions) => {
  requireAccelerator("onnxruntime", accelerator, ["cpu"]);
  ort.env.wasm.wasmPaths = new URL("../runtime/onnxruntime/", self.location.href).href;
  ort.env.wasm.numThreads = threads;
  // It starts its WebAssembly with the first file and not before, so it is given none. What really
  // goes wrong here goes wrong again with the file.
  await ort.InferenceSession.create(new Uint8Array()).catch(() => undefined);
  return async (bytes) => new OnnxRuntime(await ort.InferenceSession.create(bytes), threads);
});

class OnnxRuntime implements Runtime {
  readonly version = `onnxruntime-web ${ort.env.versions.web}`;
  readonly accelerator = "cpu";
  private feed: Record<string, ort.Tensor> = {};

  constructor(
    private readonly session: ort.InferenceSession,
    readonly threads: number,
  ) {}

  set(pixels: Pixels): void {
    const [wanted] = this.session.inputMetadata;
    if (!wanted?.isTensor) throw new Error("the model's input is no tensor");
    const values = inputValues(pixels, wanted.type);
    this.feed = { [wanted.name]: new ort.Tensor(values, wanted.shape.map(Number)) };
  }

  async call(): Promise<void> {
    await this.session.run(this.feed);
  }

  async logits(): Promise<Float32Array<ArrayBuffer>> {
    const [output] = Object.values(await this.session.run(this.feed));
    if (output === undefined) throw new Error("the model has no output");
    if (!(output.data instanceof Float32Array)) {
      throw new Error(`the model's output is ${output.type}: expected float32`);
    }
    return Float32Array.from(output.data);
  }
}
