// Does a file on this device say what its manifest says it does? As `irrvit.benchmark.results.golden`.

export interface Expected {
  /** Class indices, best first; `logits` are theirs. */
  readonly top5: readonly number[];
  readonly logits: readonly number[];
  /** How far a logit may be off, as a share of the largest of them. */
  readonly tolerance: number;
}

export interface Agreement {
  /** Names the class that the reference names, or one that it can hardly tell from it. */
  readonly topAgrees: boolean;
  /** Largest difference of a logit as a share of the largest; not finite if an output is not. */
  readonly difference: number;
  readonly passed: boolean;
}

/** Hold the logits of one picture against what the reference said about it. */
export function agreement(logits: ArrayLike<number>, expected: Expected): Agreement {
  const values = Array.from(logits);
  const largest = Math.max(...expected.logits.map(Math.abs));
  const errors = expected.top5.map((index, place) =>
    Math.abs((values[index] ?? Number.NaN) - (expected.logits[place] as number)),
  );
  const difference = values.every(Number.isFinite) ? Math.max(...errors) / largest : Number.NaN;
  // Within twice the tolerance two right answers may name different classes.
  const lowest = (expected.logits[0] as number) - 2 * expected.tolerance * largest;
  const possible = expected.top5.filter((_, place) => (expected.logits[place] as number) >= lowest);
  const topAgrees = possible.includes(values.indexOf(Math.max(...values)));
  return { topAgrees, difference, passed: topAgrees && difference <= expected.tolerance };
}
