// The page of `?benchmark`: choose a network, measure it, look at the figures, keep the record.

import "./benchmarkPage.css";
import { summarize } from "../core/latencyStats";
import type { Measurement } from "../core/measurement";
import type { Artifact } from "../runtime/artifact";
import { type Accelerator, runtimeOf } from "../runtime/runtime";
import { startWorker } from "../runtime/workerClient";
import { measureHere } from "./benchmarkRecord";
import { modelFailure } from "./failure";
import { fetchModels } from "./models";
import { answersText } from "./texts";

const FORM = `
  <h2>Benchmark</h2>
  <p>The protocol of <code>irrvit-bench</code>, on this device. Keep this page in front.</p>
  <form>
    <label>Network <select name="model"></select></label>
    <label>Run on <select name="accelerator">
      <option value="cpu">the CPU (WebAssembly)</option>
      <option value="gpu">the GPU (WebGPU)</option>
    </select></label>
    <label>Threads <input name="threads" type="number" min="1" value="1"></label>
    <div>
      <button>Measure</button>
      <button type="button" name="stop" disabled>Stop</button>
    </div>
  </form>
  <p role="status"></p>
  <dl></dl>
  <p><a hidden>Save the measurement</a></p>`;

/** Show the page; a network that is named by its model or folder is chosen already. */
export async function openBenchmark(wanted: string): Promise<void> {
  document.querySelector("#check")?.remove();
  const root = document.querySelector("main") as HTMLElement;
  root.className = "benchmark";
  root.textContent = "Loading the networks";
  try {
    showForm(root, await fetchModels(), wanted);
  } catch (error) {
    const { title, advice } = modelFailure(error, navigator.onLine);
    root.textContent = `${title}. ${advice}`;
  }
}

/** Shown at once with its listener: a press that comes before that would leave the page. */
function showForm(root: HTMLElement, models: Artifact[], wanted: string): void {
  root.innerHTML = FORM;
  const form = root.querySelector("form") as HTMLFormElement;
  const picker = form.elements.namedItem("model") as HTMLSelectElement;
  for (const { folder, manifest } of models) {
    const isWanted = [manifest.model, folder.replace("models/", "")].includes(wanted);
    picker.add(new Option(`${manifest.model} ${manifest.target}`, folder, isWanted, isWanted));
  }
  const chosen = () => models.find(({ folder }) => folder === picker.value);
  picker.addEventListener("change", () => limitThreads(form, chosen()));
  limitThreads(form, chosen());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(root, form, models);
  });
}

/** Each runtime needs something else of the browser for more than one. */
async function limitThreads(form: HTMLFormElement, model: Artifact | undefined): Promise<void> {
  const threads = form.elements.namedItem("threads") as HTMLInputElement;
  const why = await whyOneThread(model);
  threads.max = String(why === "" ? navigator.hardwareConcurrency : 1);
  if (why !== "") threads.value = "1";
  threads.title = why;
}

async function whyOneThread(model: Artifact | undefined): Promise<string> {
  if (model === undefined) return "there is no network";
  try {
    const client = startWorker(runtimeOf(model.manifest.target));
    const why = await client.ask("whyOneThread", {});
    client.close();
    return why;
  } catch (error) {
    return String(error instanceof Error ? error.message : error); // Said when it is measured, too.
  }
}

async function run(root: HTMLElement, form: HTMLFormElement, models: Artifact[]): Promise<void> {
  const chosen = new FormData(form);
  const model = models.find(({ folder }) => folder === chosen.get("model"));
  if (model === undefined) return;
  const status = root.querySelector("[role=status]") as HTMLElement;
  const stop = new AbortController();
  const done = busy(form, stop);
  try {
    const options = {
      accelerator: chosen.get("accelerator") as Accelerator,
      threads: Number(chosen.get("threads")),
    };
    const notify = (stage: string) => {
      status.textContent = stage;
    };
    show(root, await measureHere(model, options, { signal: stop.signal, notify }));
    const why = document.hidden ? "stopped: the page went to the background" : "stopped";
    status.textContent = stop.signal.aborted ? why : "done";
  } catch (error) {
    status.textContent = `Not measured: ${error instanceof Error ? error.message : error}`;
  } finally {
    done();
  }
}

/** One run at a time; a page that nobody sees is slowed down by its browser, so that ends it. */
function busy(form: HTMLFormElement, stop: AbortController): () => void {
  const controls = [...form.elements] as HTMLButtonElement[];
  const toggle = () => {
    for (const control of controls) control.disabled = !control.disabled;
  };
  const onHidden = () => document.hidden && stop.abort();
  const { signal } = stop;
  const button = form.elements.namedItem("stop") as HTMLButtonElement;
  button.addEventListener("click", () => stop.abort(), { signal });
  document.addEventListener("visibilitychange", onHidden, { signal });
  toggle();
  return () => {
    toggle();
    document.removeEventListener("visibilitychange", onHidden);
  };
}

function show(root: HTMLElement, measured: Measurement): void {
  const summary = summarize(measured.repeats.map(({ blocks_ms }) => blocks_ms.flat()));
  const [p50, low, high] = [summary.p50_ms, summary.low_ms, summary.high_ms];
  const { placement, runtime_version } = measured;
  const figures: Record<string, string> = {
    "p50 ms": `${p50.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    "p90 ms": summary.p90_ms.toFixed(2),
    "GMAC/s": (measured.macs / p50 / 1e6).toFixed(1),
    Calls: String(summary.n),
    "Ran on": `${placement.accelerator}, threads: ${placement.threads}, ${runtime_version}`,
    "Answers of PyTorch": answersText(measured.golden),
  };
  const rows = Object.entries(figures).map(([name, value]) => {
    const row = document.createElement("div");
    for (const [tag, text] of [
      ["dt", name],
      ["dd", value],
    ] as const) {
      row.appendChild(document.createElement(tag)).textContent = text;
    }
    return row;
  });
  root.querySelector("dl")?.replaceChildren(...rows);
  offer(root.querySelector("a") as HTMLAnchorElement, measured);
}

/** A line as the store of `irrvit-bench` has them; it can be appended there. */
function offer(link: HTMLAnchorElement, measured: Measurement): void {
  URL.revokeObjectURL(link.href);
  const line = `${JSON.stringify(measured)}\n`;
  link.href = URL.createObjectURL(new Blob([line], { type: "application/json" }));
  link.download = `${measured.variant}-${measured.target}-${measured.run_id.slice(0, 8)}.jsonl`;
  link.hidden = false;
}
