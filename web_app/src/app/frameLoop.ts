// Frames as they come: one at a time is worked on, those that come meanwhile are dropped.

/** Older browsers do not say when a video has a new frame: there every picture of the screen is. */
export const SAYS_NEW_FRAMES = "requestVideoFrameCallback" in HTMLVideoElement.prototype;

/** Calls `work` for the newest frame of a video whenever it has nothing to do. */
export class FrameLoop {
  private handle: number | undefined;
  private isBusy = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    // What a network that was closed meanwhile still owed will never come.
    this.isBusy = false;
    if (this.handle === undefined) this.next();
  }

  stop(): void {
    if (this.handle !== undefined) {
      if (SAYS_NEW_FRAMES) this.video.cancelVideoFrameCallback(this.handle);
      else cancelAnimationFrame(this.handle);
    }
    this.handle = undefined;
  }

  private readonly next = (): void => {
    this.handle = SAYS_NEW_FRAMES
      ? this.video.requestVideoFrameCallback(this.onFrame)
      : requestAnimationFrame(this.onFrame);
  };

  private readonly onFrame = (): void => {
    this.next();
    if (this.isBusy) return;
    this.isBusy = true;
    this.work().finally(() => {
      this.isBusy = false;
    });
  };
}

/** How many things happened in the last second. */
export class Rate {
  private readonly times = new Float64Array(256);
  private count = 0;

  add(now: number): number {
    this.times[this.count++ % this.times.length] = now;
    let recent = 0;
    for (let i = 1; i <= Math.min(this.count, this.times.length); i++) {
      if (now - (this.times[(this.count - i) % this.times.length] as number) > 1000) break;
      recent = i;
    }
    return recent;
  }
}
