// Pillow's 8-bit resampling (src/libImaging/Resample.c, Geometry.c), the same to the bit: weights
// in double precision, rounded to 22 bits; rows first, then columns, each rounded to a byte.

import type { Filter } from "./manifest";

/** Fraction bits of a weight: 32 less 8 of the result and 2 for what overshoots. */
export const WEIGHT_BITS = 22;

/** Output pixel i is the sum over t < taps of weights[i * taps + t] * input[starts[i] + t]. */
export interface Axis {
  readonly starts: Int32Array;
  readonly weights: Int32Array;
  readonly taps: number;
}

const KERNELS = {
  bilinear: { support: 1, weight: bilinear },
  bicubic: { support: 2, weight: bicubic },
  lanczos: { support: 3, weight: lanczos },
};

/** `count` output pixels from `first` on, of an axis scaled from `from` to `to` pixels. */
export function axis(
  scaled: { from: number; to: number },
  part: { first: number; count: number },
  filter: Filter,
): Axis {
  const pixels = filter === "nearest" ? nearest(scaled) : smooth(scaled, KERNELS[filter]);
  const kept = pixels.slice(part.first, part.first + part.count);
  const taps = Math.max(...kept.map((pixel) => pixel.weights.length));
  const table = {
    starts: new Int32Array(part.count),
    weights: new Int32Array(part.count * taps),
    taps,
  };
  kept.forEach(({ start, weights }, i) => {
    // The last taps may lie beyond the picture: begin earlier, with weights of 0.
    const shift = Math.max(0, start + taps - scaled.from);
    table.starts[i] = start - shift;
    table.weights.set(weights, i * taps + shift);
  });
  return table;
}

interface Pixel {
  readonly start: number;
  readonly weights: readonly number[];
}

interface Kernel {
  readonly support: number;
  readonly weight: (x: number) => number;
}

function smooth({ from, to }: { from: number; to: number }, kernel: Kernel): Pixel[] {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = kernel.support * filterScale;
  const perFilterScale = 1 / filterScale;
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const raw = Array.from({ length: end - start }, (_, t) =>
      kernel.weight((t + start - center + 0.5) * perFilterScale),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { start, weights: raw.map((weight) => fixedPoint(sum === 0 ? weight : weight / sum)) };
  });
}

/** Pillow adds up the positions, so their rounding errors add up too. */
function nearest({ from, to }: { from: number; to: number }): Pixel[] {
  const scale = from / to;
  let position = scale * 0.5;
  return Array.from({ length: to }, () => {
    const pixel = { start: Math.trunc(position), weights: [1 << WEIGHT_BITS] };
    position += scale;
    return pixel;
  });
}

function fixedPoint(weight: number): number {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << WEIGHT_BITS));
}

function bilinear(x: number): number {
  const distance = Math.abs(x);
  return distance < 1 ? 1 - distance : 0;
}

function bicubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}

function lanczos(x: number): number {
  return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}
