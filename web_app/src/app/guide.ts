// The frame around the part of the picture that reaches the network.

import { page } from "./mainView";
import type { UiState } from "./uiState";

export function renderGuide({ view, chosen }: UiState): void {
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
