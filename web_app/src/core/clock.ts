// How fine a clock is, and how many calls a timing must cover to be longer than its steps.

/** A timing of fewer steps of the clock is off by more than one percent. */
const STEPS = 100;

/** The smallest step between two readings that differ. */
export function resolutionMs(now: () => number, readings = 20): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < readings; i++) {
    const start = now();
    let end = now();
    while (end === start) end = now();
    smallest = Math.min(smallest, end - start);
  }
  return smallest;
}

/** 1 where a single call is long enough; more in a page whose clock the browser coarsens. */
export function callsPerTiming(callMs: number, resolution: number): number {
  return Math.max(1, Math.ceil((STEPS * resolution) / Math.max(callMs, resolution)));
}
