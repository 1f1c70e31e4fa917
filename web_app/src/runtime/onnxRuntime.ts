// The worker that holds an `.onnx` file in onnxruntime-web: WebAssembly.

import * as ort from "onnxruntime-web/wasm";
import { serve } from "./benchmarkWorker";
import {
  inputValues,
  type Open,
  type Pixels,
  type Runtime,
  type RuntimeOptions,
  requireAccelerator,
} from "./runtime";
import { whyNoSharedMemory } from "./threads";

serve(prepare, whyOneThread);

async function whyOneThread(): Promise<string> {
  return "SharedArrayBuffer" in self ? "" : whyNoSharedMemory();
}

async function prepare({ accelerator, threads }: RuntimeOptions): Promise<Open> {
  requireAccelerator("onnxruntime", accelerator, ["cpu"]);
  ort.env.wasm.wasmPaths = new URL("../runtime/onnxruntime/", self.location.href).href;
  ort.env.wasm.numThreads = (await whyOneThread()) === "" ? threads : 1;
  // It starts its WebAssembly with the first file and not before, so it is given none. What really
  // goes wrong here goes wrong again with the file.
  await ort.InferenceSession.create(new Uint8Array()).catch(() => undefined);
  return async (bytes) => new OnnxRuntime(await ort.InferenceSession.create(bytes));
}

class OnnxRuntime implements Runtime {
  readonly version = `onnxruntime-web ${ort.env.versions.web}`;
  readonly accelerator = "cpu";
  /** It makes this 1 itself where it can have no more. */
  readonly threads = ort.env.wasm.numThreads ?? 1;
  private feed: Record<string, ort.Tensor> = {};

  constructor(private readonly session: ort.InferenceSession) {}

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
