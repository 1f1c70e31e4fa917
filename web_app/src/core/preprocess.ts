// From a camera's bytes to what the network eats, bit for bit as `irrvit.model.spec.preprocess`.

import type { InputSpec } from "./manifest";
import { type Axis, axis, WEIGHT_BITS } from "./resample";
import { roundHalfToEven } from "./rounding";

/** A picture as a camera or canvas gives it. */
export interface Frame {
  /** RGBA; a row may be followed by bytes that belong to no pixel. */
  readonly bytes: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly rowStride: number;
  /** Degrees by which it has to be turned clockwise to stand upright. */
  readonly rotation: Rotation;
}

export type Rotation = 0 | 90 | 180 | 270;

/** Turn, resize and crop; the RGB pixels (height, width, 3) are overwritten by the next call. */
export type Preprocess = (frame: Frame) => Uint8ClampedArray;

/** Tables and buffers are made once for frames that are alike: no allocation per frame. */
export function preprocessor(spec: InputSpec): Preprocess {
  let plan: Plan | undefined;
  return (frame) => {
    if (plan === undefined || !fits(plan, frame)) plan = planFor(frame, spec);
    resizeRows(frame.bytes, plan);
    resizeColumns(plan);
    return plan.output;
  };
}

/** All that depends on a frame's geometry and not on its pixels. */
interface Plan {
  readonly geometry: Geometry;
  /** Where the pixel in the corner is, and how far its neighbours are, once it stands upright. */
  readonly origin: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: Axis;
  readonly rows: Axis;
  readonly firstRow: number;
  /** Rows of the frame that the output needs, at the output's width. */
  readonly narrowed: Uint8ClampedArray;
  readonly output: Uint8ClampedArray;
}

type Geometry = Omit<Frame, "bytes">;

function fits({ geometry }: Plan, frame: Frame): boolean {
  return (
    geometry.width === frame.width &&
    geometry.height === frame.height &&
    geometry.rowStride === frame.rowStride &&
    geometry.rotation === frame.rotation
  );
}

function planFor({ width, height, rowStride, rotation }: Frame, spec: InputSpec): Plan {
  const isTurned = rotation === 90 || rotation === 270;
  const [uprightWidth, uprightHeight] = isTurned ? [height, width] : [width, height];
  let scale = spec.resize / Math.min(spec.height, spec.width);
  scale *= Math.max(spec.height / uprightHeight, spec.width / uprightWidth);
  // Only what the crop keeps is ever computed.
  const across = (from: number, kept: number) => {
    const to = Math.max(Math.trunc(from * scale + 1e-6), kept);
    const first = roundHalfToEven((to - kept) / 2);
    return axis({ from, to }, { first, count: kept }, spec.interpolation);
  };
  const columns = across(uprightWidth, spec.width);
  const rows = across(uprightHeight, spec.height);
  const firstRow = Math.min(...rows.starts);
  const rowCount = Math.max(...rows.starts) + rows.taps - firstRow;
  return {
    geometry: { width, height, rowStride, rotation },
    ...steps({ width, height, rowStride, rotation }),
    columns,
    rows,
    firstRow,
    narrowed: new Uint8ClampedArray(rowCount * spec.width * 3),
    output: new Uint8ClampedArray(spec.height * spec.width * 3),
  };
}

function steps({ width, height, rowStride, rotation }: Geometry) {
  const right = 4 * (width - 1);
  const bottom = rowStride * (height - 1);
  switch (rotation) {
    case 0:
      return { origin: 0, stepX: 4, stepY: rowStride };
    case 90:
      return { origin: bottom, stepX: -rowStride, stepY: 4 };
    case 180:
      return { origin: bottom + right, stepX: -4, stepY: -rowStride };
    case 270:
      return { origin: right, stepX: rowStride, stepY: -4 };
    default:
      throw new RangeError(`rotation is ${rotation}: expected 0, 90, 180 or 270`);
  }
}

// Locals of this module, not imports: they stand in the innermost loops.
const BITS = WEIGHT_BITS;
const HALF = 1 << (BITS - 1);

function resizeRows(bytes: Frame["bytes"], plan: Plan): void {
  const { starts, weights, taps } = plan.columns;
  const { narrowed, stepX, stepY } = plan;
  let row = plan.origin + plan.firstRow * stepY;
  for (let out = 0; out < narrowed.length; row += stepY) {
    let k = 0;
    for (let x = 0; x < starts.length; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = row + (starts[x] as number) * stepX;
      for (const end = k + taps; k < end; k++) {
        const weight = weights[k] as number;
        red = (red + Math.imul(bytes[at] as number, weight)) | 0;
        green = (green + Math.imul(bytes[at + 1] as number, weight)) | 0;
        blue = (blue + Math.imul(bytes[at + 2] as number, weight)) | 0;
        at += stepX;
      }
      // A clamped array cuts off below 0 and above 255.
      narrowed[out++] = red >> BITS;
      narrowed[out++] = green >> BITS;
      narrowed[out++] = blue >> BITS;
    }
  }
}

function resizeColumns({ rows, narrowed, output, firstRow }: Plan): void {
  const { starts, weights, taps } = rows;
  const rowLength = output.length / starts.length;
  let out = 0;
  for (let y = 0; y < starts.length; y++) {
    const first = ((starts[y] as number) - firstRow) * rowLength;
    for (let x = 0; x < rowLength; x += 3) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = first + x;
      for (let k = y * taps; k < (y + 1) * taps; k++) {
        const weight = weights[k] as number;
        red = (red + Math.imul(narrowed[at] as number, weight)) | 0;
        green = (green + Math.imul(narrowed[at + 1] as number, weight)) | 0;
        blue = (blue + Math.imul(narrowed[at + 2] as number, weight)) | 0;
        at += rowLength;
      }
      output[out++] = red >> BITS;
      output[out++] = green >> BITS;
      output[out++] = blue >> BITS;
    }
  }
}
