// What a person can do: buttons, keys, pickers, a file dropped on the page.

import type { Wish } from "../runtime/classifier";
import { renderGuide } from "./guide";
import type { MainPage } from "./mainPage";
import { announce, page } from "./mainView";

const ANNOUNCE_MS = 2000;

export function listen(main: MainPage): void {
  page.pause.addEventListener("click", () => main.toggle());
  page.flip.addEventListener("click", () => turn(main));
  page.open.addEventListener("click", () => page.file.click());
  page.retry.addEventListener("click", () => main.retry());
  page.sample.addEventListener("click", () => main.openSample());
  page.check.addEventListener("click", () => main.check());
  page.file.addEventListener("change", () => {
    open(main, page.file.files);
    page.file.value = ""; // So that the same file can be opened again.
  });
  for (const picker of [page.model, page.wish]) {
    picker.addEventListener("change", () => {
      const chosen = main.state.models.find(({ folder }) => folder === page.model.value);
      main.use(chosen, page.wish.value as Wish);
    });
  }
  const frame = () => renderGuide(main.state);
  new ResizeObserver(frame).observe(page.stage);
  page.video.addEventListener("resize", frame);
  page.picture.addEventListener("load", frame);
  setInterval(announce, ANNOUNCE_MS);
  document.addEventListener("visibilitychange", () => main.onVisibility());
  document.addEventListener("keydown", (event) => onKey(main, event));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    open(main, event.dataTransfer?.files ?? null);
  });
}

function open(main: MainPage, files: FileList | null): void {
  const file = files?.[0];
  if (file !== undefined) main.openPicture(file, file.name);
}

function turn(main: MainPage): void {
  main.see(main.state.facing === "user" ? "environment" : "user");
}

function onKey(main: MainPage, event: KeyboardEvent): void {
  const isInControl = event.target instanceof Element && event.target.closest("button, select");
  if (isInControl || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " ") main.toggle();
  else if (event.key === "c") turn(main);
  else if (event.key === "o") page.file.click();
  else return;
  event.preventDefault();
}
