// From a picture of a camera or a file to a frame; buffers are made once for those that are alike.

import type { Frame, Rotation } from "../core/preprocess";

/** Any of them can be given to a worker without a copy. */
export type Picture = VideoFrame | ImageBitmap;

export class FrameReader {
  private buffer = new Uint8Array(0);
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = this.canvas.getContext("2d", {
    willReadFrequently: true,
    colorSpace: "srgb",
  });

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
    const { canvas, context } = this;
    if (context === null) throw new Error("this browser gives a worker no canvas; update it");
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
    }
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { bytes: data, width, height, rowStride: width * 4, rotation: 0 };
  }
}
