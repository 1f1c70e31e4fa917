// The worker that holds an `.onnx` file in onnxruntime-web: WebAssembly.

import * as ort from "onnxruntime-web/wasm";
import { type Pixels, type Runtime, type RuntimeOptions, serve } from "./runtime";

serve(async ({ accelerator, threads }: RuntimeOptions) => {
  if (accelerator === "gpu") throw new Error("onnxruntime-web runs on the CPU alone here");
  ort.env.wasm.wasmPaths = new URL("../runtime/onnxruntime/", self.location.href).href;
  ort.env.wasm.numThreads = threads;
  // It starts its WebAssembly with the first file and not before, so it is given none. What really
  // goes wrong here goes wrong again with the file.
  await ort.InferenceSession.create(new Uint8Array()).catch(() => undefined);
  return async (bytes) => new OnCpu(await ort.InferenceSession.create(bytes), threads);
});

class OnCpu implements Runtime {
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
    const values = wanted.type === "uint8" ? new Uint8Array(pixels) : new Float32Array(pixels);
    this.feed = { [wanted.name]: new ort.Tensor(values, wanted.shape.map(Number)) };
  }

  async call(): Promise<void> {
    await this.session.run(this.feed);
  }

  async logits(): Promise<Float32Array<ArrayBuffer>> {
    const [output] = Object.values(await this.session.run(this.feed));
    if (output === undefined) throw new Error("the model has no output");
    return Float32Array.from(output.data as Float32Array);
  }
}
