// The camera page: what happens when.

import { topK } from "../core/topK";
import { closeCamera, decode, grab, openCamera, type Picture } from "./camera";
import { fetchBytes } from "./classifier";
import { cameraFault, type Fault, modelFault, pictureFault } from "./faults";
import { FrameLoop, Rate } from "./frameLoop";
import { fetchModels } from "./models";
import { loadRecognizer, type Recognizer } from "./recognizer";
import { sampleAddress, selfCheck } from "./selfCheck";
import { type Facing, INITIAL, type Model, type Source, type State, type Wish } from "./state";
import { GUESSES, page, render, renderGuide, renderModels } from "./view";

/** One of those that come with the page for the self-check. */
const SAMPLE = "coffee.jpg";

export class CameraPage {
  state: State = INITIAL;
  private recognizer: Recognizer | undefined;
  private readonly rate = new Rate();
  private readonly loop = new FrameLoop(page.video, async () =>
    this.recognize(await grab(page.video), "camera"),
  );

  /** Load what the page was built with and begin with its first network. */
  async start(): Promise<void> {
    try {
      const models = await fetchModels();
      this.update({ models });
      await this.use(models[0], "automatic");
    } catch (error) {
      this.fail(modelFault(error, navigator.onLine));
    }
  }

  /** Load a network and let it see; if it cannot be used, say why. */
  async use(chosen: Model | undefined, wish: Wish): Promise<void> {
    if (chosen === undefined) return this.start();
    this.loop.stop();
    this.recognizer?.close();
    this.recognizer = undefined;
    const view = { kind: "loading", what: chosen.manifest.model } as const;
    this.update({ chosen, wish, view, ran: undefined, check: { kind: "pending" }, notice: "" });
    renderModels(this.state.models, chosen);
    try {
      const { recognizer, notice } = await loadRecognizer(chosen, wish);
      this.recognizer = recognizer;
      this.update({ ran: recognizer.info, notice });
    } catch (error) {
      return this.fail(modelFault(error, navigator.onLine));
    }
    await this.see(this.state.facing);
    await this.check();
  }

  /** Open a camera and name what it sees. */
  async see(facing: Facing): Promise<void> {
    this.loop.stop();
    closeCamera(page.video);
    this.update({ facing, view: { kind: "loading", what: "the camera" } });
    try {
      const track = await openCamera(page.video, facing);
      track.addEventListener("ended", () => this.fail(cameraFault("Ended")));
    } catch (error) {
      return this.fail(cameraFault(error instanceof Error ? error.name : String(error)));
    }
    this.goOn();
  }

  /** Hold the device against the manifest's golden cases. */
  async check(): Promise<void> {
    const { chosen } = this.state;
    if (chosen === undefined || this.recognizer === undefined) return;
    this.update({ check: { kind: "pending" } });
    try {
      this.update({ check: await selfCheck(chosen, this.recognizer) });
    } catch (error) {
      this.update({
        check: { kind: "impossible", why: modelFault(error, navigator.onLine).title },
      });
    }
  }

  /** Name what is in a picture file; the camera rests. */
  async openPicture(file: Blob, name: string): Promise<void> {
    if (this.recognizer === undefined) return; // A file may be dropped at any time.
    this.loop.stop();
    let picture: ImageBitmap;
    try {
      picture = await decode(file);
    } catch {
      return this.fail(pictureFault(name)); // The browser's own words say no more.
    }
    URL.revokeObjectURL(page.picture.src);
    page.picture.src = URL.createObjectURL(file);
    this.update({ view: { kind: "running", source: "picture", seen: undefined } });
    await this.recognize(picture, "picture");
  }

  async openSample(): Promise<void> {
    try {
      await this.openPicture(new Blob([await fetchBytes(sampleAddress(SAMPLE))]), SAMPLE);
    } catch {
      this.fail(pictureFault(SAMPLE)); // It was not kept, and there is no network.
    }
  }

  async retry(): Promise<void> {
    const { view, chosen, wish, facing } = this.state;
    if (view.kind !== "failed") return;
    await (view.fault.retry === "model" ? this.use(chosen, wish) : this.see(facing));
  }

  /** Pause, go on, or go back to the camera from a picture. */
  async toggle(): Promise<void> {
    const { view, facing } = this.state;
    if (view.kind === "paused") return this.goOn();
    if (view.kind !== "running") return;
    if (view.source === "camera") this.pause("by you");
    else await this.see(facing);
  }

  /** A page that nobody sees uses neither camera frames nor power. */
  onVisibility(): void {
    const { view } = this.state;
    const isAutomatic = view.kind === "paused" && view.why === "in the background";
    if (!document.hidden && isAutomatic) this.goOn();
    const isSeeing = view.kind === "running" && view.source === "camera";
    if (document.hidden && isSeeing) this.pause("in the background");
  }

  private goOn(): void {
    this.update({ view: { kind: "running", source: "camera", seen: undefined } });
    renderGuide(this.state);
    this.loop.start();
  }

  private pause(why: "by you" | "in the background"): void {
    this.loop.stop();
    this.update({ view: { kind: "paused", why } });
  }

  private async recognize(picture: Picture, source: Source): Promise<void> {
    if (this.recognizer === undefined) return picture.close();
    try {
      const { logits, ...times } = await this.recognizer.recognize(picture);
      const { view } = this.state;
      // Meanwhile somebody may have paused or opened a picture.
      if (view.kind !== "running" || view.source !== source) return;
      const seen = { guesses: topK(logits, GUESSES), ...times };
      const framesPerSecond = this.rate.add(performance.now());
      this.update({ view: { kind: "running", source, seen }, framesPerSecond });
    } catch (error) {
      this.fail(modelFault(error, navigator.onLine));
    }
  }

  private fail(fault: Fault): void {
    this.loop.stop();
    this.update({ view: { kind: "failed", fault } });
  }

  private update(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    render(this.state);
  }
}
