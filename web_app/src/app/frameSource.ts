// A camera of the device: a stream in a video element, and pictures out of it.

import type { Picture } from "../runtime/frameReader";
import type { Facing } from "./uiState";

const PATIENCE_MS = 10_000;

export class FrameSource {
  private hasVideoFrames = "VideoFrame" in window;

  constructor(private readonly preview: HTMLVideoElement) {}

  /** Show a camera; `onEnded` is told when it goes. The error's name says what went wrong. */
  async start(facing: Facing, onEnded: () => void): Promise<void> {
    this.stop();
    if (navigator.mediaDevices === undefined) throw new DOMException("no https", "Insecure");
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    const [track] = stream.getVideoTracks();
    if (track === undefined) throw new DOMException("a stream without pictures", "NotFoundError");
    this.preview.srcObject = stream;
    await this.firstFrame();
    track.addEventListener("ended", onEnded);
  }

  stop(): void {
    if (this.preview.srcObject instanceof MediaStream) {
      for (const track of this.preview.srcObject.getTracks()) track.stop();
    }
    this.preview.srcObject = null;
  }

  /** What it shows now; by a detour where frames cannot be had. */
  async grab(): Promise<Picture> {
    if (this.hasVideoFrames) {
      try {
        return new VideoFrame(this.preview);
      } catch {
        this.hasVideoFrames = false;
      }
    }
    return createImageBitmap(this.preview);
  }

  /** A camera that was allowed may still be covered, or in use, and give nothing. */
  private async firstFrame(): Promise<void> {
    let timer: number | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new DOMException("no picture", "Silent");
      timer = window.setTimeout(() => reject(error), PATIENCE_MS);
    });
    try {
      await Promise.race([this.preview.play(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
