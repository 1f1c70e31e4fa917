// The page of `?benchmark=remote`: the device of a computer that shows a QR code.

import "./benchmarkPage.css";
import { RemoteCommands } from "../runtime/remoteCommands";
import { RemoteConnection, type RemoteListener, RemoteRefused } from "../runtime/remoteConnection";
import { startWorker } from "../runtime/workerClient";
import { batteryState, deviceInfo, identity } from "./deviceFacts";

const PAGE = `
  <h2>Measured from a computer</h2>
  <p role="status"></p>
  <output hidden></output>
  <p hidden>Type this code on the computer, if it is yours.</p>`;
/** Of this tab alone: a page that is loaded anew goes on. */
const KEPT = "irrvit-remote";
const KEEP_IN_FRONT = "Connected. Keep this page in front, and the screen on.";

/** Show the page and do what the computer wants. */
export async function openRemote(): Promise<void> {
  document.querySelector("#check")?.remove();
  const root = document.querySelector("main") as HTMLElement;
  root.className = "benchmark remote";
  root.innerHTML = PAGE;
  const token = location.hash.slice(1);
  // A token is used once, and a page's address is kept and shared.
  history.replaceState(null, "", location.pathname + location.search);
  try {
    await serve(root, await connect(root, token));
    say(root, "Done: the results are on the computer. This page can be closed.");
  } catch (error) {
    say(root, `Not connected: ${error instanceof Error ? error.message : error}.`);
  }
  keep("");
}

async function serve(root: HTMLElement, connection: RemoteConnection): Promise<void> {
  const commands = new RemoteCommands({
    startWorker: (runtime) => startWorker(runtime, Number.POSITIVE_INFINITY),
    content: (name) => connection.content(name),
    state: batteryState,
  });
  const leave = announce(connection);
  try {
    await connection.listen(listener(root, commands));
  } finally {
    commands.close();
    leave();
  }
}

async function connect(root: HTMLElement, token: string): Promise<RemoteConnection> {
  const folder = new URL("remote/", location.href).href;
  const key = kept();
  if (token === "" && key !== "") return new RemoteConnection(folder, key);
  if (token === "") throw new RemoteRefused("scan the QR code that the computer shows");
  if (!window.isSecureContext) throw new RemoteRefused("this page has to be opened by https");
  say(root, "Connecting to the computer");
  const connection = new RemoteConnection(folder);
  const { name, os, ram_bytes, cores } = await deviceInfo();
  const device = { name, os, ram_bytes, cores, identity: identity() };
  const code = await connection.pair(token, device);
  keep(connection.key);
  say(root, "", `${code.slice(0, 3)} ${code.slice(3)}`);
  return connection;
}

function kept(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return ""; // This browser was told to let pages keep nothing.
  }
}

function keep(key: string): void {
  try {
    sessionStorage.setItem(KEPT, key);
  } catch {
    // A page that is loaded anew needs a new QR code then.
  }
}

/** Pages that nobody sees are slowed down, and stand still on a locked phone: that is told. */
function announce(connection: RemoteConnection): () => void {
  const over = new AbortController();
  let lock: WakeLockSentinel | undefined;
  const tell = async () => {
    connection.tell(document.hidden);
    if (document.hidden) return;
    // Where the browser keeps a screen on; elsewhere the person has to.
    lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    if (over.signal.aborted) lock?.release();
  };
  document.addEventListener("visibilitychange", tell, over);
  addEventListener("pagehide", () => connection.close(), over);
  tell();
  return () => {
    over.abort();
    lock?.release();
  };
}

/** Nothing is drawn while calls are timed. */
function listener(root: HTMLElement, commands: RemoteCommands): RemoteListener {
  let isReached = true;
  return {
    onWait: (isLetIn) => {
      if (isLetIn) say(root, KEEP_IN_FRONT);
    },
    onReach: (isNow) => {
      if (isNow === isReached) return;
      isReached = isNow;
      say(root, isNow ? KEEP_IN_FRONT : "The computer does not answer; trying again.");
    },
    perform: (question) => {
      if (question.do === "prepare") say(root, KEEP_IN_FRONT);
      return commands.perform(question);
    },
  };
}

function say(root: HTMLElement, text: string, code = ""): void {
  const [status, advice] = root.querySelectorAll("p");
  const shown = root.querySelector("output");
  if (!status || !advice || !shown) return;
  if (status.textContent === text && shown.textContent === code) return;
  status.textContent = text;
  shown.textContent = code;
  shown.hidden = advice.hidden = code === "";
}
