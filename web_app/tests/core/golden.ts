// The golden cases that Python writes: `tests/golden/` at the top of the tree.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../../tests/golden");

export function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
}

/** JSON has no word for these numbers. */
export function numbers(values: (number | string)[]): number[] {
  return values.map(Number);
}

export function sha256(values: Uint8ClampedArray | Float32Array): string {
  return createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
}

/** Bytes of the generator that every language has. */
export function noise(count: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** RGBA bytes of a binary PPM. */
export function photograph(name: string): Uint8Array {
  const file = readFileSync(join(FOLDER, name));
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString("latin1", 0, 40)) ?? [""];
  const rgb = file.subarray(header[0].length);
  const pixels = Number(header[1]) * Number(header[2]);
  return Uint8Array.from({ length: pixels * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (rgb[(i >> 2) * 3 + (i % 4)] as number),
  );
}
