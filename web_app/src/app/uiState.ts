// What the page shows: one immutable value.

import type { GoldenAgreement } from "../core/goldenAgreement";
import type { Artifact } from "../runtime/artifact";
import type { LoadInfo } from "../runtime/benchmarkWorker";
import type { Prediction, Wish } from "../runtime/classifier";
import type { Failure } from "./failure";

/** Where frames come from. */
export type Source = "camera" | "picture";

export type View =
  | { readonly kind: "loading"; readonly what: string }
  | {
      readonly kind: "running";
      readonly source: Source;
      readonly prediction: Prediction | undefined;
    }
  | { readonly kind: "paused"; readonly why: "by you" | "in the background" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** What the golden cases say about this very device. */
export type SelfCheck =
  | { readonly kind: "pending" }
  | { readonly kind: "done"; readonly found: GoldenAgreement }
  | { readonly kind: "impossible"; readonly why: string };

export type Facing = "environment" | "user";

export interface UiState {
  readonly view: View;
  readonly models: readonly Artifact[];
  readonly chosen: Artifact | undefined;
  readonly wish: Wish;
  readonly facing: Facing;
  /** What really runs the network. */
  readonly loadInfo: LoadInfo | undefined;
  readonly check: SelfCheck;
  readonly framesPerSecond: number;
  /** Something to know that keeps nothing from working. */
  readonly notice: string;
}

export const INITIAL: UiState = {
  view: { kind: "loading", what: "the page" },
  models: [],
  chosen: undefined,
  wish: "automatic",
  facing: "environment",
  loadInfo: undefined,
  check: { kind: "pending" },
  framesPerSecond: 0,
  notice: "",
};
