// The page's elements, and how they show a state.

import type { Artifact } from "../runtime/artifact";
import { type Prediction, TOP } from "../runtime/classifier";
import { checkText, labelText, milliseconds, placementText, shareText } from "./texts";
import type { SelfCheck, UiState } from "./uiState";

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

const rows = Array.from({ length: TOP }, () => {
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
export function render(state: UiState): void {
  const { view } = state;
  const isStill = view.kind === "running" && view.source === "picture";
  page.stage.dataset.view = view.kind;
  show(page.message, view.kind === "failed");
  show(page.loading, view.kind === "loading" || view.kind === "paused");
  show(page.picture, isStill);
  if (view.kind === "failed") {
    page.guesses.classList.add("empty");
    show(page.sample, state.loadInfo !== undefined);
    write(page.title, view.failure.title);
    write(page.advice, view.failure.advice);
  }
  if (view.kind === "loading") write(page.loading, `Loading ${view.what} …`);
  if (view.kind === "paused") write(page.loading, `Paused ${view.why}`);
  if (view.kind === "running") renderPrediction(view.prediction, state);
  write(page.pause, isStill ? "Back to camera" : view.kind === "paused" ? "Go on" : "Pause");
  page.video.dataset.facing = state.facing;
  for (const control of [page.model, page.wish]) control.disabled = view.kind === "loading";
  for (const control of [page.check, page.open]) control.disabled = state.loadInfo === undefined;
  const hasFrames = view.kind === "running" || view.kind === "paused";
  for (const control of [page.pause, page.flip]) control.disabled = !hasFrames;
  write(page.rate, isStill ? "still" : String(state.framesPerSecond));
  write(page.ran, placementText(state.loadInfo));
  write(page.notice, state.notice);
  const measured = `?benchmark=${state.chosen?.manifest.model ?? ""}`;
  if (page.benchmark.getAttribute("href") !== measured) page.benchmark.href = measured;
  renderCheck(state.check);
}

/** Fill the picker; `chosen` is marked. */
export function renderModels(models: readonly Artifact[], chosen: Artifact | undefined): void {
  page.model.replaceChildren(
    ...models.map(({ folder, manifest }) => {
      const name = `${manifest.model}, ${manifest.precision}`;
      return new Option(name, folder, false, folder === chosen?.folder);
    }),
  );
}

/** Tell those who cannot see the screen; said at intervals, for it changes with every frame. */
export function announce(): void {
  const isEmpty = page.guesses.classList.contains("empty");
  write(page.said, isEmpty ? "" : (rows[0]?.name.textContent ?? ""));
}

function renderPrediction(prediction: Prediction | undefined, { chosen }: UiState): void {
  page.guesses.classList.toggle("empty", prediction === undefined);
  if (prediction === undefined) return;
  rows.forEach(({ row, name, share }, place) => {
    const guess = prediction.guesses[place];
    show(row, guess !== undefined);
    if (guess === undefined) return;
    write(name, labelText(chosen?.manifest.labels, guess));
    write(share, shareText(guess));
    row.style.setProperty("--share", guess.probability.toFixed(3));
  });
  write(page.preprocessing, milliseconds(prediction.preprocess_ms));
  write(page.inference, milliseconds(prediction.inference_ms));
}

function renderCheck(check: SelfCheck): void {
  page.check.dataset.check = check.kind === "done" ? String(check.found.passed) : check.kind;
  write(page.check, checkText(check));
}

function show(shown: HTMLElement, isShown: boolean): void {
  if (shown.hidden === isShown) shown.hidden = !isShown;
}

function write(written: HTMLElement, text: string): void {
  if (written.textContent !== text) written.textContent = text;
}
