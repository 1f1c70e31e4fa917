// Does a file on this device say what its manifest says it does? As
// `irrvit.benchmark.results.golden`.

export interface Expected {
  /** Class indices, best first; `logits` are theirs. */
  readonly top5: readonly number[];
  readonly logits: readonly number[];
  /** What decides in the logits; where the manifest does not say, the largest of them. */
  readonly scale?: number | null;
  /** How far a logit may be off, as a share of the scale. */
  readonly tolerance: number;
}

export interface Agreement {
  /** Names the class that the reference names, or one that it can hardly tell from it. */
  readonly topAgrees: boolean;
  /** Largest difference of a logit as a share of the scale; not finite if an output is not. */
  readonly difference: number;
  readonly passed: boolean;
}

/** Hold the logits of one picture against what the reference said about it. */
export function agreement(logits: ArrayLike<number>, expected: Expected): Agreement {
  const values = Array.from(logits);
  const { top5, tolerance } = expected;
  if (top5.some((index) => index >= values.length) || !values.every(Number.isFinite)) {
    return { topAgrees: false, difference: Number.NaN, passed: false };
  }
  const scale = expected.scale ?? Math.max(...expected.logits.map(Math.abs));
  const errors = top5.map((index, place) =>
    Math.abs((values[index] as number) - (expected.logits[place] as number)),
  );
  const difference = Math.max(...errors) / scale;
  // Within twice the tolerance two right answers may name different classes.
  const lowest = (expected.logits[0] as number) - 2 * tolerance * scale;
  const possible = top5.filter((_, place) => (expected.logits[place] as number) >= lowest);
  const topAgrees = possible.includes(values.indexOf(Math.max(...values)));
  return { topAgrees, difference, passed: topAgrees && difference <= tolerance };
}

/** What a file said on this device about all golden pictures of its manifest. */
export interface GoldenAgreement {
  readonly cases: number;
  /** Pictures in which it names the class that the reference names. */
  readonly agreeing: number;
  /** A sentence for each picture that was answered otherwise than by the reference. */
  readonly failures: readonly string[];
  /** The largest of all pictures; not finite if an output is not, or nothing was compared. */
  readonly difference: number;
  /** A check that compared nothing has failed. */
  readonly passed: boolean;
}

/** Sum up what was found for each picture, by its name. */
export function goldenAgreement(
  found: readonly (readonly [picture: string, agreement: Agreement])[],
  tolerance: number,
): GoldenAgreement {
  const failures = found.flatMap(([picture, { topAgrees, difference, passed }]) => {
    if (passed) return [];
    if (!topAgrees) return [`${picture}: names another class than the reference`];
    const off = `a logit is off by ${difference.toPrecision(2)} of what decides`;
    return [`${picture}: ${off}, ${tolerance} is allowed`];
  });
  return {
    cases: found.length,
    agreeing: found.filter(([, { topAgrees }]) => topAgrees).length,
    failures,
    difference: found.length === 0 ? Number.NaN : Math.max(...found.map(([, f]) => f.difference)),
    passed: found.length > 0 && failures.length === 0,
  };
}
