// What a person can do: buttons, keys, pickers, a file dropped on the page.

import type { CameraPage } from "./page";
import type { Wish } from "./state";
import { announce, page, renderGuide } from "./view";

const ANNOUNCE_MS = 2000;

export function listen(camera: CameraPage): void {
  page.pause.addEventListener("click", () => camera.toggle());
  page.flip.addEventListener("click", () => turn(camera));
  page.open.addEventListener("click", () => page.file.click());
  page.retry.addEventListener("click", () => camera.retry());
  page.sample.addEventListener("click", () => camera.openSample());
  page.check.addEventListener("click", () => camera.check());
  page.file.addEventListener("change", () => {
    open(camera, page.file.files);
    page.file.value = ""; // So that the same file can be opened again.
  });
  for (const picker of [page.model, page.wish]) {
    picker.addEventListener("change", () => {
      const chosen = camera.state.models.find(({ folder }) => folder === page.model.value);
      camera.use(chosen, page.wish.value as Wish);
    });
  }
  const frame = () => renderGuide(camera.state);
  new ResizeObserver(frame).observe(page.stage);
  page.video.addEventListener("resize", frame);
  page.picture.addEventListener("load", frame);
  setInterval(announce, ANNOUNCE_MS);
  document.addEventListener("visibilitychange", () => camera.onVisibility());
  document.addEventListener("keydown", (event) => onKey(camera, event));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    open(camera, event.dataTransfer?.files ?? null);
  });
}

function open(camera: CameraPage, files: FileList | null): void {
  const file = files?.[0];
  if (file !== undefined) camera.openPicture(file, file.name);
}

function turn(camera: CameraPage): void {
  camera.see(camera.state.facing === "user" ? "environment" : "user");
}

function onKey(camera: CameraPage, event: KeyboardEvent): void {
  const isInControl = event.target instanceof Element && event.target.closest("button, select");
  if (isInControl || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " ") camera.toggle();
  else if (event.key === "c") turn(camera);
  else if (event.key === "o") page.file.click();
  else return;
  event.preventDefault();
}
