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
    const connection = await connect(root, token);
    announce(connection);
    const commands = new RemoteCommands({
      startWorker: (runtime) => startWorker(runtime, Number.POSITIVE_INFINITY),
      content: (name) => connection.content(name),
      state: batteryState,
    });
    await connection.listen(listener(root, commands));
    sessionStorage.removeItem(KEPT);
    say(root, "Done: the results are on the computer. This page can be closed.");
  } catch (error) {
    if (error instanceof RemoteRefused) sessionStorage.removeItem(KEPT);
    say(root, `Not connected: ${error instanceof Error ? error.message : error}.`);
  }
}

async function connect(root: HTMLElement, token: string): Promise<RemoteConnection> {
  const folder = new URL("remote/", location.href).href;
  const key = sessionStorage.getItem(KEPT) ?? "";
  if (token === "" && key !== "") return new RemoteConnection(folder, key);
  if (token === "") throw new RemoteRefused("scan the QR code that the computer shows");
  if (!window.isSecureContext) throw new RemoteRefused("this page has to be opened by https");
  say(root, "Connecting to the computer");
  const connection = new RemoteConnection(folder);
  const { name, os, ram_bytes, cores } = await deviceInfo();
  const device = { name, os, ram_bytes, cores, identity: identity() };
  const code = await connection.pair(token, device);
  sessionStorage.setItem(KEPT, connection.key);
  say(root, "", `${code.slice(0, 3)} ${code.slice(3)}`);
  return connection;
}

/** Pages that nobody sees are slowed down, and stand still on a locked phone. */
function announce(connection: RemoteConnection): void {
  const tell = () => {
    connection.tell(document.hidden);
    if (!document.hidden) keepScreenOn();
  };
  document.addEventListener("visibilitychange", tell);
  addEventListener("pagehide", () => connection.close());
  tell();
}

/** Where the browser can; a screen that goes off is told like any page that is not in front. */
async function keepScreenOn(): Promise<void> {
  await navigator.wakeLock?.request("screen").catch(() => {});
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
