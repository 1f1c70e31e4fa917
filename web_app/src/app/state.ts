// What the page shows: one immutable value.

import type { Manifest } from "../core/manifest";
import type { Guess } from "../core/topK";
import type { Fault } from "./faults";
import type { Loaded } from "./runtime";

/** A network the page was built with; `folder` is its address. */
export interface Model {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What was seen in one frame, and how long that took. */
export interface Seen {
  readonly guesses: readonly Guess[];
  readonly preprocess_ms: number;
  readonly inference_ms: number;
}

/** Where frames come from. */
export type Source = "camera" | "picture";

export type View =
  | { readonly kind: "loading"; readonly what: string }
  | { readonly kind: "running"; readonly source: Source; readonly seen: Seen | undefined }
  | { readonly kind: "paused"; readonly why: "by you" | "in the background" }
  | { readonly kind: "failed"; readonly fault: Fault };

/** What the golden cases say about this very device. */
export type SelfCheck =
  | { readonly kind: "pending" }
  | {
      readonly kind: "done";
      readonly cases: number;
      readonly agreeing: number;
      /** Largest one of a logit, as a share of the largest logit. */
      readonly difference: number;
      readonly passed: boolean;
    }
  | { readonly kind: "impossible"; readonly why: string };

export type Wish = "automatic" | "gpu" | "cpu";
export type Facing = "environment" | "user";

export interface State {
  readonly view: View;
  readonly models: readonly Model[];
  readonly chosen: Model | undefined;
  readonly wish: Wish;
  readonly facing: Facing;
  /** What really runs the network. */
  readonly ran: Loaded | undefined;
  readonly check: SelfCheck;
  readonly framesPerSecond: number;
  /** Something to know that keeps nothing from working. */
  readonly notice: string;
}

export const INITIAL: State = {
  view: { kind: "loading", what: "the page" },
  models: [],
  chosen: undefined,
  wish: "automatic",
  facing: "environment",
  ran: undefined,
  check: { kind: "pending" },
  framesPerSecond: 0,
  notice: "",
};
