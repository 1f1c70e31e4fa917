// A camera of the device: a stream in a video element, and pictures out of it.

import type { Picture } from "../runtime/frameReader";
import type { Facing } from "./uiState";

export class FrameSource {
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
    await this.preview.play();
    track.addEventListener("ended", onEnded);
  }

  stop(): void {
    if (this.preview.srcObject instanceof MediaStream) {
      for (const track of this.preview.srcObject.getTracks()) track.stop();
    }
    this.preview.srcObject = null;
  }

  /** What it shows now. */
  async grab(): Promise<Picture> {
    return "VideoFrame" in window ? new VideoFrame(this.preview) : createImageBitmap(this.preview);
  }
}
