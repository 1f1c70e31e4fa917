// What the page says about a state, in words.

import type { GoldenAgreement } from "../core/goldenAgreement";
import type { Guess } from "../core/topK";
import type { LoadInfo } from "../runtime/benchmarkWorker";
import type { SelfCheck } from "./uiState";

export function checkText(check: SelfCheck): string {
  switch (check.kind) {
    case "pending":
      return "Checking this device …";
    case "impossible":
      return `✗ Not checked: ${check.why}`;
    case "done": {
      const { cases, agreeing, difference, passed } = check.found;
      const figures = `${agreeing}/${cases} · ±${difference.toExponential(0)}`;
      return passed ? `✓ PyTorch ${figures}` : `✗ Computes wrongly ${figures}`;
    }
  }
}

/** What the golden pictures of a measurement say. */
export function answersText({ cases, failures }: Pick<GoldenAgreement, "cases" | "failures">) {
  if (cases === 0) return "nothing to compare with";
  return failures.length === 0 ? `all ${cases}` : failures.join("; ");
}

export function placementText(info: LoadInfo | undefined): string {
  if (info === undefined) return "–";
  switch (info.accelerator) {
    case "cpu":
      return `CPU (WebAssembly), ${info.threads} thread${info.threads > 1 ? "s" : ""}`;
    case "gpu":
      return "GPU (WebGPU)";
    case "partly gpu":
      return "GPU in part, the rest on the CPU";
    case "software gpu":
      return "GPU imitated by the CPU";
  }
}

/** The first of ImageNet's labels, which are lists of synonyms. */
export function labelText(labels: readonly string[] | undefined, { index }: Guess): string {
  const label = labels?.[index] ?? `class ${index}`;
  return label.split(",")[0] ?? label;
}

export function shareText({ probability }: Guess): string {
  return probability < 0.005 ? "< 1 %" : `${Math.round(probability * 100)} %`;
}

export function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
