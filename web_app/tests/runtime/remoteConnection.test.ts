import { afterEach, expect, test, vi } from "vitest";
import { RemoteConnection, type RemoteListener } from "../../src/runtime/remoteConnection";
import { proof } from "../../src/runtime/remotePairing";

const FOLDER = "https://192.0.2.7:8444/remote/";

interface Sent {
  readonly act: string;
  readonly body: Record<string, unknown>;
  readonly key: string | undefined;
}
type Answer = (sent: Sent) => Promise<object> | object;

/** A computer that answers each request by its name; an Error is a network that swallows it. */
function computer(answers: Record<string, Answer>): Sent[] {
  const all: Sent[] = [];
  vi.stubGlobal("fetch", async (url: string, { body, headers }: RequestInit) => {
    const key = (headers as Record<string, string>).Authorization;
    const sent = { act: url.replace(FOLDER, ""), body: JSON.parse(String(body)), key };
    all.push(sent);
    const found = await answers[sent.act]?.(sent);
    if (found instanceof Response) return found;
    return new Response(JSON.stringify(found ?? {}));
  });
  return all;
}

function listener(changes: Partial<RemoteListener> = {}): RemoteListener {
  return { onWait() {}, onReach() {}, perform: async () => ({}), ...changes };
}

/** Answers one after another. */
function inTurn(...answers: (object | Error)[]): Answer {
  return () => {
    const next = answers.shift() ?? { do: "end" };
    if (next instanceof Error) throw next;
    return next;
  };
}

function refusal(status: number, error: string): Response {
  return new Response(JSON.stringify({ error }), { status });
}

afterEach(() => vi.unstubAllGlobals());

test("the token is proved and never sent, and the computer proves itself", async () => {
  const sent = computer({
    pair: async ({ body }) => {
      expect(body.proof).toBe(await proof("TOKEN", `page ${body.nonce}`));
      const mine = await proof("TOKEN", `computer ${body.nonce}`);
      return { proof: mine, key: "KEY", code: "012345" };
    },
  });
  const connection = new RemoteConnection(FOLDER);
  expect(await connection.pair("TOKEN", { cores: 8 })).toBe("012345");
  expect(connection.key).toBe("KEY");
  expect(sent[0]?.body.device).toEqual({ cores: 8 });
  expect(JSON.stringify(sent)).not.toContain("TOKEN");
});

test("a computer that does not know the token is not obeyed", async () => {
  computer({ pair: () => ({ proof: "0".repeat(64), key: "KEY", code: "012345" }) });
  const connection = new RemoteConnection(FOLDER);
  await expect(connection.pair("TOKEN", {})).rejects.toThrow("is not the computer that shows");
  expect(connection.key).toBe("");
});

test("a refusal is in the computer's words", async () => {
  computer({ pair: () => refusal(409, "another phone has used this QR code") });
  await expect(new RemoteConnection(FOLDER).pair("TOKEN", {})).rejects.toThrow("another phone");
});

test("a computer that cannot be reached is said to be", async () => {
  computer({ pair: inTurn(new TypeError("Load failed")) });
  await expect(new RemoteConnection(FOLDER).pair("TOKEN", {})).rejects.toThrow("does not answer");
});

test("what is wanted is done once and said with its number", async () => {
  const sent = computer({
    next: inTurn({ do: "wait", is_let_in: false }, { do: "time", id: 7 }, { do: "wait" }),
  });
  const waits: boolean[] = [];
  const done: unknown[] = [];
  await new RemoteConnection(FOLDER, "KEY").listen(
    listener({
      onWait: (isLetIn) => waits.push(isLetIn),
      perform: async (question) => ({ done: done.push(question.do) }),
    }),
  );
  expect(done).toEqual(["time"]);
  expect(waits).toEqual([false, false]);
  const answers = sent.filter(({ act }) => act === "answer").map(({ body }) => body);
  expect(answers).toMatchObject([{ id: 7, done: 1, hidden: false, was_hidden: false }]);
  expect(sent.filter(({ act }) => act === "next").map(({ body }) => body.got)).toEqual([
    0, 0, 7, 7,
  ]);
  expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(["Bearer KEY"]));
  expect(new Set(sent.map(({ body }) => body.page)).size).toBe(1);
});

test("what fails is an answer that says so", async () => {
  const sent = computer({ next: inTurn({ do: "load", id: 1 }, { do: "wait" }) });
  const perform = async () => {
    throw new Error("out of memory");
  };
  await new RemoteConnection(FOLDER, "KEY").listen(listener({ perform }));
  const [answer] = sent.filter(({ act }) => act === "answer");
  expect(answer?.body).toMatchObject({ id: 1, error: "out of memory" });
});

test("an answer that is too long is told in its place", async () => {
  let refused = 0;
  const sent = computer({
    next: inTurn({ do: "logits", id: 1 }, { do: "wait" }, { do: "wait" }, { do: "wait" }),
    answer: ({ body }) => (body.base64 && !refused++ ? refusal(413, "too long") : {}),
  });
  const perform = async () => ({ base64: "AAAA" });
  await new RemoteConnection(FOLDER, "KEY").listen(listener({ perform }));
  const answers = sent.filter(({ act }) => act === "answer").map(({ body }) => body);
  expect(answers).toMatchObject([{ base64: "AAAA" }, { id: 1, error: "too long" }]);
});

test("what a network swallows is asked again, and the person is told", async () => {
  const lost = new TypeError("Failed to fetch");
  const sent = computer({ next: inTurn({ do: "wait" }, lost, { do: "wait" }) });
  const reached: boolean[] = [];
  const onReach = (isReached: boolean) => reached.push(isReached);
  await new RemoteConnection(FOLDER, "KEY").listen(listener({ onReach }));
  expect(reached).toEqual([true, false, true, true]);
  expect(sent.length).toBe(4);
});

test("a page whose key is not known any more ends in a sentence", async () => {
  computer({ next: () => refusal(401, "scan its QR code again") });
  const listening = new RemoteConnection(FOLDER, "KEY").listen(listener());
  await expect(listening).rejects.toThrow("scan its QR code again");
});

test("a page that is hidden says so, and so does what it was doing meanwhile", async () => {
  const sent = computer({ next: inTurn({ do: "time", id: 1 }, { do: "wait" }) });
  const connection = new RemoteConnection(FOLDER, "KEY");
  const perform = async () => {
    connection.tell(true);
    connection.tell(false);
    return {};
  };
  await connection.listen(listener({ perform }));
  connection.close();
  const answers = sent.filter(({ act }) => act === "answer").map(({ body }) => body);
  expect(answers).toMatchObject([
    { hidden: true },
    { hidden: false },
    { id: 1, was_hidden: true, hidden: false },
    { closed: true },
  ]);
});

test("before it was let in it tells nothing", () => {
  const sent = computer({});
  new RemoteConnection(FOLDER).tell(true);
  expect(sent).toEqual([]);
});
