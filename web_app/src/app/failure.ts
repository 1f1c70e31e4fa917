// What can go wrong, in words that a person can act on.

/** `retry` is what a button offers to try again. */
export interface Failure {
  readonly title: string;
  readonly advice: string;
  readonly retry: "camera" | "model" | "picture";
}

const CAMERA: Record<string, [title: string, advice: string]> = {
  NotFoundError: ["No camera found", "Connect one and try again, or open a picture."],
  OverconstrainedError: ["No camera found", "Connect one and try again, or open a picture."],
  NotAllowedError: [
    "The camera is not allowed",
    "Allow it for this page, in the browser's address bar or the system's settings, then try " +
      "again. Pictures never leave this device.",
  ],
  NotReadableError: [
    "The camera is in use",
    "Another app or page holds it: close that one, then try again.",
  ],
  Silent: [
    "The camera shows nothing",
    "It was allowed and gives no pictures: close other apps that use it, then try again.",
  ],
  Ended: ["The camera is gone", "It was unplugged or taken away. Connect it, then try again."],
  Insecure: [
    "No camera on this address",
    "Browsers give cameras to pages served by https or from this machine: open the page that " +
      "way. A picture works here too.",
  ],
};

/** Why there are no frames; `name` is the browser's name of the error, or `Ended` or `Insecure`. */
export function cameraFailure(name: string): Failure {
  const [title, advice] = CAMERA[name] ?? [
    "The camera does not start",
    `The browser says ${name}. Try again, or open a picture.`,
  ];
  return { title, advice, retry: "camera" };
}

/** What the camera does without here, which makes it slower; nothing where it has all. */
export function cameraNotice(): string {
  const missing = [
    ...("VideoFrame" in window ? [] : ["camera frames"]),
    ...("requestVideoFrameCallback" in HTMLVideoElement.prototype ? [] : ["word of new ones"]),
  ];
  return missing.length === 0 ? "" : `This browser gives pages no ${missing.join(" and no ")}.`;
}

/** Why a network cannot be used. */
export function modelFailure(error: unknown, isOnline: boolean): Failure {
  const said = error instanceof Error ? error.message : String(error);
  if (said.includes("falsifies")) {
    return { title: "This browser falsifies pictures", advice: sentence(said), retry: "model" };
  }
  if (/memory|allocat/i.test(said)) {
    return {
      title: "Not enough memory",
      advice: `Close other pages and apps or choose a smaller network, then try again. (${said})`,
      retry: "model",
    };
  }
  if (error instanceof TypeError) {
    return {
      title: isOnline ? "The network cannot be loaded" : "You are offline",
      advice: isOnline
        ? "The host does not answer: see that it is running, then try again."
        : "This network was not opened on this device before: go online once, then try again.",
      retry: "model",
    };
  }
  return { title: "The network cannot be used", advice: said, retry: "model" };
}

function sentence(said: string): string {
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}

export function pictureFailure(name: string): Failure {
  return {
    title: "No picture",
    advice: `${name} is not a picture that this browser can read: try a JPEG, PNG or WebP file.`,
    retry: "picture",
  };
}
