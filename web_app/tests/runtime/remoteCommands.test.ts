import { expect, test } from "vitest";
import { hexDigest } from "../../src/runtime/artifact";
import { base64, RemoteCommands } from "../../src/runtime/remoteCommands";
import type { RemoteQuestion } from "../../src/runtime/remoteConnection";
import type { WorkerClient } from "../../src/runtime/workerClient";

const FILE = Uint8Array.of(1, 2, 3);
const PIXELS = Float32Array.of(0.5, Number.NaN);

/** A page whose workers say what they were asked, and how often a name was fetched. */
function page(contents: Record<string, Uint8Array<ArrayBuffer>>) {
  const asked: string[] = [];
  const fetched: string[] = [];
  let set: unknown;
  const startWorker = (runtime: string) => {
    asked.push(`start ${runtime}`);
    return {
      loadInfo: { version: "played 1", accelerator: "cpu", threads: 2, load_ms: 3 },
      async load(bytes: Uint8Array) {
        asked.push(`load ${bytes}`);
      },
      async ask(command: string, question: { pixels?: unknown; calls?: number }) {
        asked.push(command);
        if (command === "set") set = question.pixels;
        if (command === "time") return { latencies_ms: [1], calls_per_value: question.calls };
        return command === "logits" ? set : undefined;
      },
      close: () => asked.push("close"),
    } as unknown as WorkerClient;
  };
  const content = async (name: string) => {
    fetched.push(name);
    return (contents[name] ?? new Uint8Array(0)).slice();
  };
  const state = async () => ({ battery_percent: 80 });
  const commands = new RemoteCommands({ startWorker, content, state });
  const ask = (what: object) => commands.perform({ id: 1, ...what } as RemoteQuestion);
  return { ask, asked, fetched, commands };
}

const options = { runtime: "litert", accelerator: "cpu", threads: 2 };

test("a file is loaded, called and left, each in a worker of its own", async () => {
  const name = await hexDigest(FILE);
  const pixels = new Uint8Array(PIXELS.buffer);
  const { ask, asked, fetched } = page({ [name]: FILE, pixels });
  for (const worker of [1, 2]) {
    await ask({ do: "prepare", worker, options });
    expect(await ask({ do: "load", worker, name })).toMatchObject({ threads: 2, load_ms: 3 });
  }
  expect(fetched).toEqual([name]); // Once: it comes again in every repeat.
  await ask({ do: "set", worker: 1, name: "pixels" });
  expect(await ask({ do: "time", worker: 1, calls: 4 })).toMatchObject({ calls_per_value: 4 });
  expect(await ask({ do: "logits", worker: 1 })).toEqual({ base64: base64(PIXELS) });
  expect(await ask({ do: "close", worker: 1 })).toEqual({});
  const started = ["start litert", "prepare", "load 1,2,3"];
  expect(asked).toEqual([...started, ...started, "set", "time", "logits", "close"]);
  await expect(ask({ do: "time", worker: 1, calls: 4 })).rejects.toThrow("has no worker 1");
});

test("a file that arrives otherwise than it was sent is refused", async () => {
  const { ask } = page({ abc: FILE });
  await ask({ do: "prepare", worker: 1, options });
  await expect(ask({ do: "load", worker: 1, name: "abc" })).rejects.toThrow("expected another");
});

test("a worker that there is not is closed without a word", async () => {
  expect(await page({}).ask({ do: "close", worker: 9 })).toEqual({});
});

test("all workers end with the page's work", async () => {
  const { ask, asked, commands } = page({});
  for (const worker of [1, 2]) await ask({ do: "prepare", worker, options });
  commands.close();
  expect(asked.filter((each) => each === "close").length).toBe(2);
});

test("its state is what it is told", async () => {
  expect(await page({}).ask({ do: "state" })).toEqual({ battery_percent: 80 });
});

test("what it does not know it refuses by its name", async () => {
  await expect(page({}).ask({ do: "dance" })).rejects.toThrow('there is no command "dance"');
});

test.each([0, 1, 8191, 8192, 8193, 100_000])("%s numbers come through as bytes", (length) => {
  const values = Float32Array.from({ length }, (_, i) => i / 3);
  const bytes = Uint8Array.from(atob(base64(values)), (char) => char.charCodeAt(0));
  expect(new Float32Array(bytes.buffer)).toEqual(values);
});
