// The talk with the computer that drew the QR code: this page asks what to do, and says what came
// of it. Requests of https, which a network may swallow, and which are then made again.

import { newNonce, proof } from "./remotePairing";

/** What the computer wants done; `id` is another for each question. */
export interface RemoteQuestion {
  readonly id: number;
  readonly do: string;
  readonly [argument: string]: unknown;
}

/** The talk is over; the message says why, to the person at the phone. */
export class RemoteRefused extends Error {
  override readonly name = "RemoteRefused";
}

/** What becomes of the talk, as it goes on. */
export interface RemoteListener {
  /** The person at the computer has, or has not yet, typed the code. */
  onWait(isLetIn: boolean): void;
  /** Nothing comes through: whether the computer is out of reach. */
  onReach(isReached: boolean): void;
  perform(question: RemoteQuestion): Promise<object>;
}

const UNREACHED = "the computer does not answer: is it in this network, and still waiting?";
const RETRY_MS = 1000;
const POLL_MS = 15_000;
const ANSWER_MS = 60_000;

export class RemoteConnection {
  /** Another page, though of the same phone, has none of the files that this one loaded. */
  private readonly page = newNonce();
  private got = 0;
  private isHidden = false;
  private hides = 0;

  /** `key` is what a page of this tab got earlier, if one did. */
  constructor(
    private readonly folder: string,
    public key = "",
  ) {}

  /** Prove that this page was opened by the QR code, and return the code to be typed. */
  async pair(token: string, device: object): Promise<string> {
    const nonce = newNonce();
    const mine = { nonce, proof: await proof(token, `page ${nonce}`), device };
    const answer = await this.post("pair", mine, POLL_MS).catch((error) => {
      throw error instanceof RemoteRefused ? error : new RemoteRefused(UNREACHED);
    });
    const said = await answer.json();
    if (said.proof !== (await proof(token, `computer ${nonce}`))) {
      throw new RemoteRefused("what answers is not the computer that shows this QR code");
    }
    this.key = String(said.key);
    return String(said.code);
  }

  /** Do what the computer wants, until it says that this was all. */
  async listen(listener: RemoteListener): Promise<void> {
    for (;;) {
      const asked = { got: this.got, ...this.presence() };
      const question = await this.persist("next", asked, POLL_MS, listener);
      if (question.do === "end") return;
      if (question.do === "wait") {
        listener.onWait(question.is_let_in === true);
        continue;
      }
      this.got = question.id;
      // Not awaited: the computer has to hear that this page is there while it works.
      this.answer(question, listener).catch(() => {});
    }
  }

  /** What the computer has under a name. */
  async content(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.post("content", { name }, ANSWER_MS);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Say at once whether this page is in front: what is timed otherwise is worth nothing. */
  tell(isHidden: boolean): void {
    if (isHidden) this.hides += 1;
    this.isHidden = isHidden;
    this.tellLast({});
  }

  /** Say that the page goes. */
  close(): void {
    this.tellLast({ closed: true });
  }

  private tellLast(what: object): void {
    if (this.key === "") return;
    const said = { ...what, ...this.presence() };
    this.post("answer", said, POLL_MS, true).catch(() => {}); // It would be missed soon anyway.
  }

  private presence(): object {
    return { page: this.page, hidden: this.isHidden };
  }

  private async answer(question: RemoteQuestion, listener: RemoteListener): Promise<void> {
    const hides = this.hides + Number(this.isHidden);
    const found = await listener.perform(question).catch((error) => ({ error: message(error) }));
    const said = { id: question.id, was_hidden: this.hides > hides, ...this.presence() };
    try {
      await this.persist("answer", { ...found, ...said }, ANSWER_MS, listener);
    } catch (error) {
      // It may be too long to be taken; that is told in its place.
      const instead = { error: message(error), ...said };
      await this.persist("answer", instead, ANSWER_MS, listener);
    }
  }

  private async persist(
    act: string,
    said: object,
    patience_ms: number,
    listener: RemoteListener,
  ): Promise<RemoteQuestion> {
    for (;;) {
      try {
        const found = await (await this.post(act, said, patience_ms)).json();
        listener.onReach(true);
        return found;
      } catch (error) {
        if (error instanceof RemoteRefused) throw error;
        listener.onReach(false);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async post(
    act: string,
    said: object,
    patience_ms: number,
    keepalive = false,
  ): Promise<Response> {
    const response = await fetch(`${this.folder}${act}`, {
      method: "POST",
      body: JSON.stringify(said),
      headers: this.key === "" ? {} : { Authorization: `Bearer ${this.key}` },
      signal: AbortSignal.timeout(patience_ms),
      keepalive,
    });
    if (response.ok) return response;
    const { error } = await response.json().catch(() => ({}));
    throw new RemoteRefused(String(error ?? `the computer says ${response.status}`));
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
