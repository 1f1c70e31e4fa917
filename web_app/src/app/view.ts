// The page's elements, and how they show a state.

import type { Loaded } from "./runtime";
import type { Model, Seen, SelfCheck, State } from "./state";

export const GUESSES = 5;

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no element ${id}`);
  return found as T;
}

export const page = {
  stage: element("stage"),
  video: element<HTMLVideoElement>("video"),
  picture: element<HTMLImageElement>("picture"),
  guide: element("guide"),
  message: element("message"),
  title: element("title"),
  advice: element("advice"),
  retry: element<HTMLButtonElement>("retry"),
  sample: element<HTMLButtonElement>("sample"),
  loading: element("loading"),
  pause: element<HTMLButtonElement>("pause"),
  flip: element<HTMLButtonElement>("flip"),
  open: element<HTMLButtonElement>("open"),
  file: element<HTMLInputElement>("file"),
  check: element<HTMLButtonElement>("check"),
  said: element("said"),
  guesses: element("guesses"),
  rate: element("rate"),
  preprocessing: element("preprocessing"),
  inference: element("inference"),
  ran: element("ran"),
  notice: element("notice"),
  benchmark: element<HTMLAnchorElement>("benchmark"),
  model: element<HTMLSelectElement>("model"),
  wish: element<HTMLSelectElement>("wish"),
};

const rows = Array.from({ length: GUESSES }, () => {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const share = document.createElement("span");
  name.className = "name";
  share.className = "share";
  row.append(name, share);
  page.guesses.append(row);
  return { row, name, share };
});

/** Show a state; called for every frame, so nothing is touched that stays as it is. */
export function render(state: State): void {
  const { view } = state;
  const isStill = view.kind === "running" && view.source === "picture";
  page.stage.dataset.view = view.kind;
  show(page.message, view.kind === "failed");
  show(page.loading, view.kind === "loading" || view.kind === "paused");
  show(page.picture, isStill);
  if (view.kind === "failed") {
    page.guesses.classList.add("empty");
    show(page.sample, state.ran !== undefined);
    write(page.title, view.fault.title);
    write(page.advice, view.fault.advice);
  }
  if (view.kind === "loading") write(page.loading, `Loading ${view.what} …`);
  if (view.kind === "paused") write(page.loading, `Paused ${view.why}`);
  if (view.kind === "running") renderSeen(view.seen, state);
  write(page.pause, isStill ? "Back to camera" : view.kind === "paused" ? "Go on" : "Pause");
  page.video.dataset.facing = state.facing;
  for (const control of [page.model, page.wish]) control.disabled = view.kind === "loading";
  for (const control of [page.check, page.open]) control.disabled = state.ran === undefined;
  const hasFrames = view.kind === "running" || view.kind === "paused";
  for (const control of [page.pause, page.flip]) control.disabled = !hasFrames;
  write(page.rate, isStill ? "still" : String(state.framesPerSecond));
  write(page.ran, ranOn(state.ran));
  write(page.notice, state.notice);
  const measured = `?benchmark=${state.chosen?.manifest.model ?? ""}`;
  if (page.benchmark.getAttribute("href") !== measured) page.benchmark.href = measured;
  renderCheck(state.check);
}

/** Fill the picker; `chosen` is marked. */
export function renderModels(models: readonly Model[], chosen: Model | undefined): void {
  page.model.replaceChildren(
    ...models.map(({ folder, manifest }) => {
      const name = `${manifest.model}, ${manifest.precision}`;
      return new Option(name, folder, false, folder === chosen?.folder);
    }),
  );
}

/** Frame the part of the picture that reaches the network. */
export function renderGuide({ view, chosen }: State): void {
  if (chosen === undefined) return;
  const { height, width, resize } = chosen.manifest.input;
  const isStill = view.kind === "running" && view.source === "picture";
  const { stage, video, picture } = page;
  const [across, down] = isStill
    ? [picture.naturalWidth, picture.naturalHeight]
    : [video.videoWidth, video.videoHeight];
  const fits = [stage.clientWidth / across, stage.clientHeight / down];
  const shown = isStill ? Math.min(...fits) : Math.max(...fits);
  const scaled = (resize / Math.min(height, width)) * Math.max(height / down, width / across);
  page.guide.style.setProperty("--seen-width", `${(width / scaled) * shown}px`);
  page.guide.style.setProperty("--seen-height", `${(height / scaled) * shown}px`);
}

/** Tell those who cannot see the screen; said at intervals, for it changes with every frame. */
export function announce(): void {
  const isEmpty = page.guesses.classList.contains("empty");
  write(page.said, isEmpty ? "" : (rows[0]?.name.textContent ?? ""));
}

function renderSeen(seen: Seen | undefined, { chosen }: State): void {
  page.guesses.classList.toggle("empty", seen === undefined);
  if (seen === undefined) return;
  rows.forEach(({ row, name, share }, place) => {
    const guess = seen.guesses[place];
    show(row, guess !== undefined);
    if (guess === undefined) return;
    const label = chosen?.manifest.labels[guess.index] ?? `class ${guess.index}`;
    // ImageNet's labels are lists of synonyms.
    write(name, label.split(",")[0] ?? label);
    write(share, guess.probability < 0.005 ? "< 1 %" : `${Math.round(guess.probability * 100)} %`);
    row.style.setProperty("--share", guess.probability.toFixed(3));
  });
  write(page.preprocessing, milliseconds(seen.preprocess_ms));
  write(page.inference, milliseconds(seen.inference_ms));
}

function renderCheck(check: SelfCheck): void {
  page.check.dataset.check = check.kind === "done" ? String(check.passed) : check.kind;
  write(page.check, checkText(check));
}

function checkText(check: SelfCheck): string {
  switch (check.kind) {
    case "pending":
      return "Checking this device …";
    case "impossible":
      return `✗ Not checked: ${check.why}`;
    case "done": {
      const figures = `${check.agreeing}/${check.cases} · ±${check.difference.toExponential(0)}`;
      return check.passed ? `✓ PyTorch ${figures}` : `✗ Computes wrongly ${figures}`;
    }
  }
}

function ranOn(ran: Loaded | undefined): string {
  if (ran === undefined) return "–";
  if (ran.accelerator === "cpu") {
    return `CPU (WebAssembly), ${ran.threads} thread${ran.threads > 1 ? "s" : ""}`;
  }
  return ran.accelerator === "gpu" ? "GPU (WebGPU)" : "GPU in part, the rest on the CPU";
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

function show(shown: HTMLElement, isShown: boolean): void {
  if (shown.hidden === isShown) shown.hidden = !isShown;
}

function write(written: HTMLElement, text: string): void {
  if (written.textContent !== text) written.textContent = text;
}
