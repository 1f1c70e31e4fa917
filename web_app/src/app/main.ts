// The page's entry point: `?benchmark` measures, anything else classifies.

import { listen } from "./events";
import { keepForOffline } from "./offline";
import { CameraPage } from "./page";

if (new URLSearchParams(location.search).has("benchmark")) {
  // At once and as a promise: the harness asks for it as soon as the page is loaded.
  window.irrvit = import("./benchmark").then(({ harness }) => harness());
} else {
  const camera = new CameraPage();
  listen(camera);
  await keepForOffline();
  await camera.start();
}
