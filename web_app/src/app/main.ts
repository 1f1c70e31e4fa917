// The page's entry point: `?benchmark` measures, anything else classifies.

if (new URLSearchParams(location.search).has("benchmark")) {
  window.irrvit = import("./benchmark").then(({ harness }) => harness());
}
