// What the computer may have this page do: files, each in a worker of its own, as
// docs/protocol.md tells.

import { BadArtifact, hexDigest } from "./artifact";
import type { RemoteQuestion } from "./remoteConnection";
import type { RuntimeName, RuntimeOptions } from "./runtime";
import type { WorkerClient } from "./workerClient";

/** Of files that come again in every repeat; a phone has little room. */
const MOST_KEPT_BYTES = 256 * 2 ** 20;
const PIECE = 0x8000;

export interface RemoteCommandsNeed {
  /** Without patience: the computer's timeouts decide. */
  startWorker(runtime: RuntimeName): WorkerClient;
  /** What the computer has under a name. */
  content(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** How the phone is now. */
  state(): Promise<object>;
}

export class RemoteCommands {
  private readonly workers = new Map<number, WorkerClient>();
  /** By their SHA-256; outside of this page's own memory, where the browser likes. */
  private readonly files = new Map<string, Blob>();

  constructor(private readonly need: RemoteCommandsNeed) {}

  async perform(question: RemoteQuestion): Promise<object> {
    switch (question.do) {
      case "prepare":
        return this.prepare(question);
      case "load":
        return this.load(question);
      case "set": {
        const { buffer } = await this.need.content(String(question.name));
        await this.worker(question).ask("set", { pixels: new Float32Array<ArrayBuffer>(buffer) });
        return {};
      }
      case "time":
        return this.worker(question).ask("time", { calls: Number(question.calls) });
      case "logits":
        return { base64: base64(await this.worker(question).ask("logits", {})) };
      case "close":
        this.workers.get(question.worker as number)?.close();
        this.workers.delete(question.worker as number);
        return {};
      case "state":
        return this.need.state();
      default:
        throw new BadArtifact(`there is no command "${question.do}"`);
    }
  }

  /** End all workers. */
  close(): void {
    for (const client of this.workers.values()) client.close();
    this.workers.clear();
  }

  private async prepare({ worker, options }: RemoteQuestion): Promise<object> {
    const wanted = options as RuntimeOptions & { runtime: RuntimeName };
    const client = this.need.startWorker(wanted.runtime);
    this.workers.set(worker as number, client);
    await client.ask("prepare", { options: wanted });
    return {};
  }

  private async load(question: RemoteQuestion): Promise<object> {
    const client = this.worker(question);
    const file = await this.file(String(question.name));
    await client.load(new Uint8Array(await file.arrayBuffer()));
    return client.loadInfo;
  }

  private worker({ worker }: RemoteQuestion): WorkerClient {
    const client = this.workers.get(worker as number);
    if (client === undefined) throw new BadArtifact(`this page has no worker ${worker}`);
    return client;
  }

  private async file(sha256: string): Promise<Blob> {
    const kept = this.files.get(sha256);
    if (kept !== undefined) return kept;
    const bytes = await this.need.content(sha256);
    const found = await hexDigest(bytes);
    if (found !== sha256) {
      throw new BadArtifact(`what arrived has the SHA-256 ${found.slice(0, 8)}…: expected another`);
    }
    const file = new Blob([bytes]);
    this.files.set(sha256, file);
    this.forget(file);
    return file;
  }

  /** The oldest first, but never the one that is wanted now. */
  private forget(newest: Blob): void {
    let bytes = 0;
    for (const { size } of this.files.values()) bytes += size;
    for (const [sha256, file] of this.files) {
      if (bytes <= MOST_KEPT_BYTES || file === newest) return;
      this.files.delete(sha256);
      bytes -= file.size;
    }
  }
}

/** Float32 as JSON would write NaN as null, and take three times the room. */
export function base64(values: Float32Array<ArrayBuffer>): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(binary);
}
