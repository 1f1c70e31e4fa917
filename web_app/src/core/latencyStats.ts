// From latencies to figures, as Python's `irrvit.benchmark.results.stats`.

const DRAWS = 400;

/** Milliseconds of single calls; `low_ms` to `high_ms` is the 95 % interval of the median. */
export interface LatencySummary {
  readonly n: number;
  readonly min_ms: number;
  readonly p50_ms: number;
  readonly p90_ms: number;
  readonly p99_ms: number;
  readonly mean_ms: number;
  readonly stdev_ms: number;
  readonly low_ms: number;
  readonly high_ms: number;
}

/** Percentiles of all calls; `repeats` has the latencies of each repeat in their order. */
export function summarize(repeats: readonly (readonly number[])[]): LatencySummary {
  const values = repeats.flat();
  if (values.length === 0) throw new RangeError("no call was timed: nothing to summarize");
  const sorted = Float64Array.from(values).sort();
  const mean = values.reduce((sum, ms) => sum + ms, 0) / values.length;
  const squares = values.reduce((sum, ms) => sum + (ms - mean) ** 2, 0);
  const [low_ms, high_ms] = medianInterval(values);
  return {
    n: values.length,
    min_ms: percentile(sorted, 0),
    p50_ms: percentile(sorted, 50),
    p90_ms: percentile(sorted, 90),
    p99_ms: percentile(sorted, 99),
    mean_ms: mean,
    stdev_ms: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0,
    low_ms,
    high_ms,
  };
}

/** Of sorted values, between two of them on the straight line that joins them. */
export function percentile(sorted: Float64Array, percent: number): number {
  const place = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (upper - lower) * (place - below);
}

/** A bootstrap of stretches of neighbouring calls: neighbours are alike. */
function medianInterval(values: readonly number[]): [number, number] {
  const length = stretch(values);
  const random = generator(0);
  const drawn = new Float64Array(values.length);
  const medians = Float64Array.from({ length: DRAWS }, () => {
    for (let at = 0; at < drawn.length; at += length) {
      const start = Math.floor(random() * (values.length - length + 1));
      const end = start + Math.min(length, drawn.length - at);
      drawn.set(values.slice(start, end), at);
    }
    return percentile(drawn.sort(), 50);
  }).sort();
  return [percentile(medians, 2.5), percentile(medians, 97.5)];
}

/** How many neighbours are drawn together: several times as far as they resemble each other. */
export function stretch(values: readonly number[]): number {
  const ranks = centredRanks(values);
  const spread = product(ranks, 0);
  let alike = 1;
  for (let lag = 1; lag < Math.floor(values.length / 4); lag++) {
    const correlation = product(ranks, lag) / spread;
    if (correlation < 0.05) break;
    alike += 2 * correlation;
  }
  const length = Math.max(Math.cbrt(values.length), 4 * alike);
  return Math.floor(Math.min(length, Math.max(1, Math.floor(values.length / 8))));
}

/** Ranks, so that one call of a second does not hide how alike the others are. */
function centredRanks(values: readonly number[]): Float64Array {
  const order = values
    .map((_, i) => i)
    .sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  order.forEach((index, rank) => {
    ranks[index] = rank - (values.length - 1) / 2;
  });
  return ranks;
}

function product(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) {
    sum += (values[i] as number) * (values[i - lag] as number);
  }
  return sum;
}

/** Numbers from 0 to 1, the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
