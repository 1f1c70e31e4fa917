import { beforeEach, expect, test, vi } from "vitest";
import { AskedWorker, WorkerClient, within } from "../../src/runtime/workerClient";

/** A worker whose answers are given by hand. */
class Played extends EventTarget {
  readonly asked: unknown[] = [];
  isTerminated = false;

  postMessage(question: unknown): void {
    this.asked.push(question);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  answer(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  die(message: string): void {
    this.dispatchEvent(Object.assign(new Event("error"), { message }));
  }
}

let played: Played;
let asked: AskedWorker<string>;

beforeEach(() => {
  vi.useFakeTimers();
  played = new Played();
  asked = new AskedWorker<string>(played as unknown as Worker, "the worker", 1000);
});

test("answers go to the questions in their order", async () => {
  const both = Promise.all([asked.ask({ n: 1 }), asked.ask({ n: 2 })]);
  await vi.advanceTimersByTimeAsync(0);
  played.answer("one");
  played.answer("two");
  expect(await both).toEqual(["one", "two"]);
  expect(played.asked).toEqual([{ n: 1 }, { n: 2 }]);
});

test.each<[string, (worker: Played) => void, string]>([
  ["dies with words", (worker) => worker.die("null deref"), "the worker died: null deref"],
  ["dies without", (worker) => worker.die(""), "the worker died: out of memory?"],
  [
    "answers what cannot be read",
    (worker) => worker.dispatchEvent(new Event("messageerror")),
    "the worker gave no readable answer",
  ],
])("a worker that %s answers all questions so, later ones too", async (_, happen, sentence) => {
  const waiting = expect(asked.ask({})).rejects.toThrow(sentence);
  await vi.advanceTimersByTimeAsync(0);
  happen(played);
  await waiting;
  await expect(asked.ask({})).rejects.toThrow(sentence);
});

test("who waits when a worker is closed is told", async () => {
  const waiting = expect(asked.ask({})).rejects.toThrow("the worker was closed");
  await vi.advanceTimersByTimeAsync(0);
  asked.close();
  await waiting;
  expect(played.isTerminated).toBe(true);
});

test("a worker may take as long as there is patience, and no longer", async () => {
  const soon = asked.ask({});
  await vi.advanceTimersByTimeAsync(999);
  played.answer("in time");
  expect(await soon).toBe("in time");
  const late = expect(asked.ask({})).rejects.toThrow("the worker did not answer within 1 s");
  await vi.advanceTimersByTimeAsync(1001);
  await late;
});

test("without a limit there is no timer", async () => {
  await within(Number.POSITIVE_INFINITY, "", Promise.resolve());
  expect(vi.getTimerCount()).toBe(0);
});

test("an error of the model's worker is thrown", async () => {
  const client = new WorkerClient(played as unknown as Worker, 1000);
  const asking = expect(client.ask("logits", {})).rejects.toThrow("no file is loaded");
  await vi.advanceTimersByTimeAsync(0);
  played.answer({ error: "no file is loaded" });
  await asking;
});
