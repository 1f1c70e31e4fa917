// The camera: a stream in a video element, and frames out of it.

import type { Facing } from "./state";

/** Any of them can be given to a worker without a copy. */
export type Picture = VideoFrame | ImageBitmap;

/** Show a camera in the video element; the error's name says what `cameraFault` makes of it. */
export async function openCamera(
  video: HTMLVideoElement,
  facing: Facing,
): Promise<MediaStreamTrack> {
  if (navigator.mediaDevices === undefined) throw new DOMException("no https", "Insecure");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new DOMException("a stream without pictures", "NotFoundError");
  video.srcObject = stream;
  await video.play();
  return track;
}

export function closeCamera(video: HTMLVideoElement): void {
  if (video.srcObject instanceof MediaStream) {
    for (const track of video.srcObject.getTracks()) track.stop();
  }
  video.srcObject = null;
}

/** What the video element shows now. */
export async function grab(video: HTMLVideoElement): Promise<Picture> {
  return "VideoFrame" in window ? new VideoFrame(video) : createImageBitmap(video);
}

/** A picture as its file has it: upright, and no colour changed. */
export function decode(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}
