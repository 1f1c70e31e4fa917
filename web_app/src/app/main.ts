// The page's entry point: `?benchmark=NETWORK` measures, anything else classifies.

import { listen } from "./events";
import { keepForOffline } from "./offline";
import { CameraPage } from "./page";

const benchmark = new URLSearchParams(location.search).get("benchmark");
if (benchmark === "harness") {
  // At once and as a promise: the harness asks for it as soon as the page is loaded.
  window.irrvit = import("./harness").then(({ harness }) => harness());
} else if (benchmark !== null) {
  const { openBenchmark } = await import("./benchmarkPage");
  await openBenchmark(benchmark);
} else {
  const camera = new CameraPage();
  listen(camera);
  await keepForOffline();
  await camera.start();
}
