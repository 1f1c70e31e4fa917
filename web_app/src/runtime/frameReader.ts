// From a picture of a camera or a file to a frame; buffers are made once for those that are alike.

import type { Frame, Rotation } from "../core/preprocess";
import { BadArtifact } from "./artifact";

/** Any of them can be given to a worker without a copy. */
export type Picture = VideoFrame | ImageBitmap;

/** Up to here what is seen hardly changes, though the last digits of an answer do. */
const SLIGHT = 8;
const FALSIFIED =
  "this browser falsifies the pictures that a page reads. In Firefox " +
  "privacy.resistFingerprinting does that, in others private browsing or an extension: turn it " +
  "off for this page, or open the page in another browser";

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

function canvasContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = "OffscreenCanvas" in self ? new OffscreenCanvas(width, height) : undefined;
  const context = canvas?.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  if (!context) throw new BadArtifact("this browser gives a worker no canvas: update it");
  return context;
}

export class FrameReader {
  private buffer = new Uint8Array(0);
  private readonly context = canvasContext(1, 1);

  /** Its bytes last until the next call; the picture stays open. */
  async read(picture: Picture): Promise<Frame> {
    if (picture instanceof ImageBitmap) return this.draw(picture, picture.width, picture.height);
    const copied = await this.copy(picture);
    return copied ?? this.draw(picture, picture.displayWidth, picture.displayHeight);
  }

  /** Into memory that is kept; undefined where the browser cannot convert a frame to RGBA. */
  private async copy(frame: VideoFrame): Promise<Frame | undefined> {
    const { width, height } = frame.visibleRect ?? frame.codedRect ?? { width: 0, height: 0 };
    const layout = { format: "RGBA", colorSpace: "srgb" } as VideoFrameCopyToOptions;
    const size = width * height * 4;
    // Browsers that do not know `format` speak of the frame's own, which is smaller.
    if (width === 0 || frame.allocationSize(layout) !== size) return undefined;
    if (this.buffer.length !== size) this.buffer = new Uint8Array(size);
    const [plane] = await frame.copyTo(this.buffer, layout);
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
