// From a picture of a camera or a file to a frame; buffers are made once for those that are alike.

import type { Frame, Rotation } from "../core/preprocess";
import { BadArtifact } from "./artifact";

/** Any of them can be given to a worker without a copy. */
export type Picture = VideoFrame | ImageBitmap;

/** Up to here what is seen hardly changes, though the last digits of an answer do. */
const SLIGHT = 8;
const FALSIFIED =
  "this browser falsifies the pictures that pages read: turn off privacy.resistFingerprinting " +
  "(Firefox), private browsing or the extension that does it, or use another browser";

/** Refuse what is no picture any more; `isExact`: whatever differs at all. */
export function expectTruePixels({ isExact }: { readonly isExact: boolean }): void {
  if (falsifiedBy() > (isExact ? 0 : SLIGHT)) throw new BadArtifact(FALSIFIED);
}

let largestDifference: number | undefined;

/** How far pixels that are known come back changed from a canvas, of 255; found out once. */
function falsifiedBy(): number {
  if (largestDifference !== undefined) return largestDifference;
  // No two neighbours alike: some browsers leave even areas as they are.
  const written = Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 37) % 256,
  );
  const context = canvasContext(16, 16);
  context.putImageData(new ImageData(written, 16, 16), 0, 0);
  const read = context.getImageData(0, 0, 16, 16).data;
  const differences = written.map((value, i) => Math.abs(value - (read[i] as number)));
  largestDifference = Math.max(...differences);
  return largestDifference;
}

const AS_RGBA = { format: "RGBA", colorSpace: "srgb" } as VideoFrameCopyToOptions;

/** Some browsers do not know `format`, and copy a frame's bytes as it has them: blue first. */
async function convertsFrames(): Promise<boolean> {
  const red = Uint8ClampedArray.of(255, 0, 0, 255);
  const picture = await createImageBitmap(new ImageData(red, 1, 1));
  const frame = new VideoFrame(picture, { timestamp: 0 });
  try {
    const read = new Uint8Array(frame.allocationSize(AS_RGBA));
    await frame.copyTo(read, AS_RGBA);
    return read.length === red.length && read.every((value, i) => value === red[i]);
  } catch {
    return false;
  } finally {
    frame.close();
    picture.close();
  }
}

function canvasContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = "OffscreenCanvas" in self ? new OffscreenCanvas(width, height) : undefined;
  const context = canvas?.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  if (!context) throw new BadArtifact("this browser gives a worker no canvas: update it");
  return context;
}

export class FrameReader {
  private buffer = new Uint8Array(0);
  private readonly context = canvasContext(1, 1);
  private convertsFrames: boolean | undefined;

  /** Its bytes last until the next call; the picture stays open. */
  async read(picture: Picture): Promise<Frame> {
    if (picture instanceof ImageBitmap) return this.draw(picture, picture.width, picture.height);
    const copied = await this.copy(picture);
    return copied ?? this.draw(picture, picture.displayWidth, picture.displayHeight);
  }

  /** Into memory that is kept; undefined where the browser cannot convert a frame to RGBA. */
  private async copy(frame: VideoFrame): Promise<Frame | undefined> {
    this.convertsFrames ??= await convertsFrames();
    const { width, height } = frame.visibleRect ?? frame.codedRect ?? { width: 0, height: 0 };
    const size = width * height * 4;
    if (!this.convertsFrames || width === 0 || frame.allocationSize(AS_RGBA) !== size) {
      return undefined;
    }
    if (this.buffer.length !== size) this.buffer = new Uint8Array(size);
    const [plane] = await frame.copyTo(this.buffer, AS_RGBA);
    // Phones hold their frames as the sensor lies and say how far to turn them.
    const { rotation = 0 } = frame as VideoFrame & { readonly rotation?: Rotation };
    return { bytes: this.buffer, width, height, rowStride: plane?.stride ?? width * 4, rotation };
  }

  private draw(picture: Picture, width: number, height: number): Frame {
    expectTruePixels({ isExact: false });
    const { canvas } = this.context;
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
    }
    this.context.drawImage(picture, 0, 0);
    const { data } = this.context.getImageData(0, 0, width, height);
    return { bytes: data, width, height, rowStride: width * 4, rotation: 0 };
  }
}
