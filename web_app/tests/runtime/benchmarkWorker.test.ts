import { expect, test } from "vitest";
import { answer, BenchmarkWorker, type Question } from "../../src/runtime/benchmarkWorker";
import type { Pixels, Runtime } from "../../src/runtime/runtime";

/** A runtime that answers with the pixels it was given. */
class Echo implements Runtime {
  readonly version = "echo 1";
  readonly accelerator = "cpu";
  readonly threads = 1;
  calls = 0;
  private pixels: Pixels = new Float32Array(0);

  set(pixels: Pixels): void {
    this.pixels = pixels;
  }

  async call(): Promise<void> {
    this.calls++;
  }

  async logits(): Promise<Float32Array<ArrayBuffer>> {
    return Float32Array.from(this.pixels);
  }
}

const echo = new Echo();
const prepared = async () => {
  const worker = new BenchmarkWorker(
    async () => async () => echo,
    async () => "",
  );
  await worker.prepare({ options: { accelerator: "cpu", threads: 1 } });
  return worker;
};

test("commands are answered in turn", async () => {
  const worker = await prepared();
  const loaded = await answer(worker, { do: "load", bytes: new Uint8Array(1) });
  expect(loaded).toMatchObject({ value: { version: "echo 1", accelerator: "cpu", threads: 1 } });
  const pixels = Float32Array.of(1, 2);
  expect(await answer(worker, { do: "set", pixels })).toEqual({ value: undefined });
  expect(await answer(worker, { do: "logits" })).toEqual({ value: pixels });
  const run = await answer(worker, { do: "run", pixels });
  expect(run).toMatchObject({ value: { logits: pixels, pixels } });
});

test("as many calls are made as are asked for", async () => {
  const worker = await prepared();
  await worker.load({ bytes: new Uint8Array(1) });
  const before = echo.calls;
  const timed = await worker.time({ calls: 7 });
  expect(echo.calls - before).toBe(7);
  expect(timed.latencies_ms.length * timed.calls_per_value).toBe(7);
});

test.each<[string, object, string]>([
  ["dance", {}, 'there is no command "dance"'],
  ["load", { bytes: new Uint8Array(1) }, '"prepare" comes first'],
  ["set", { pixels: new Float32Array(1) }, '"load" comes first'],
  ["time", { calls: 1 }, '"load" comes first'],
  ["logits", {}, '"load" comes first'],
])("%s at the wrong time is an answer that says so", async (command, rest, error) => {
  const worker = new BenchmarkWorker(
    async () => async () => echo,
    async () => "",
  );
  const said = await answer(worker, { do: command, ...rest } as Question);
  expect((said as { error: string }).error).toContain(error);
});
