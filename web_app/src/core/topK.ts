// The likeliest classes and their probabilities.

export interface Guess {
  readonly index: number;
  /** Softmax over all classes, 0..1. */
  readonly probability: number;
}

/** The `k` largest logits, largest first; of equal ones the lower class comes first. */
export function topK(logits: ArrayLike<number>, k: number): Guess[] {
  const best: number[] = [];
  for (let index = 0; index < logits.length; index++) {
    const logit = at(logits, index);
    if (!Number.isFinite(logit)) {
      throw new RangeError(`output ${index} is ${logit}: this device computes wrongly`);
    }
    if (best.length === k && logit <= at(logits, best[k - 1] as number)) continue;
    let place = best.length;
    while (place > 0 && at(logits, best[place - 1] as number) < logit) place--;
    best.splice(place, 0, index);
    if (best.length > k) best.pop();
  }
  if (best.length === 0) throw new RangeError("the network has no outputs");
  const largest = at(logits, best[0] as number);
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += Math.exp(at(logits, index) - largest);
  return best.map((index) => ({
    index,
    probability: Math.exp(at(logits, index) - largest) / sum,
  }));
}

function at(logits: ArrayLike<number>, index: number): number {
  return logits[index] as number;
}
