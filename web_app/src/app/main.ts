// The page's entry point: `?benchmark=NETWORK` measures, `?benchmark=remote` is measured by a
// computer, anything else classifies.

import { listen } from "./mainEvents";
import { MainPage } from "./mainPage";
import { keepForOffline } from "./offline";

const benchmark = new URLSearchParams(location.search).get("benchmark");
if (benchmark === "server") {
  // At once and as a promise: irrvit-bench asks for it as soon as the page is loaded.
  window.irrvit = import("../runtime/benchmarkServer").then(({ benchmarkServer }) =>
    benchmarkServer(),
  );
} else if (benchmark === "remote") {
  const { openRemote } = await import("./remotePage");
  await openRemote();
} else if (benchmark !== null) {
  const { openBenchmark } = await import("./benchmarkPage");
  await openBenchmark(benchmark);
} else {
  const page = new MainPage();
  listen(page);
  await keepForOffline();
  await page.start();
}
