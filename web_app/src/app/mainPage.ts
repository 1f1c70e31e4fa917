// The camera page: what happens when.

import type { Artifact } from "../runtime/artifact";
import type { Wish } from "../runtime/classifier";
import type { Picture } from "../runtime/frameReader";
import { Engine } from "./engine";
import { cameraFailure, cameraNotice, type Failure, modelFailure, pictureFailure } from "./failure";
import { FrameLoop, Rate } from "./frameLoop";
import { FrameSource } from "./frameSource";
import { renderGuide } from "./guide";
import { page, render, renderModels } from "./mainView";
import { fetchModels } from "./models";
import { decode, goldenFile } from "./pictures";
import { type Facing, INITIAL, type SelfCheck, type Source, type UiState } from "./uiState";

/** One of those that come with the page for the self-check. */
const SAMPLE = "coffee.jpg";

export class MainPage {
  state: UiState = INITIAL;
  private readonly engine = new Engine();
  private readonly rate = new Rate();
  private readonly source = new FrameSource(page.video);
  private readonly loop = new FrameLoop(page.video, () =>
    this.classify(() => this.source.grab(), "camera"),
  );
  /** Counts networks: what an earlier one still answers is nobody's any more. */
  private uses = 0;

  /** Load what the page was built with and begin with its first network. */
  async start(): Promise<void> {
    try {
      const models = await fetchModels();
      this.update({ models });
      await this.use(models[0], "automatic");
    } catch (error) {
      this.failModel(error);
    }
  }

  /** Load a network and let it see; if it cannot be used, say why. */
  async use(chosen: Artifact | undefined, wish: Wish): Promise<void> {
    if (chosen === undefined) return this.start();
    this.loop.stop();
    this.engine.close();
    this.uses++;
    const view = { kind: "loading", what: chosen.manifest.model } as const;
    this.update({
      chosen,
      wish,
      view,
      loadInfo: undefined,
      check: { kind: "pending" },
      notice: "",
    });
    renderModels(this.state.models, chosen);
    try {
      const notices = [await this.engine.use(chosen, wish), cameraNotice()];
      this.update({ loadInfo: this.engine.loadInfo, notice: notices.join(" ").trim() });
    } catch (error) {
      return this.failModel(error);
    }
    // A question whether the camera may be used can stay open for long.
    await Promise.all([this.see(this.state.facing), this.check()]);
  }

  /** Open a camera and name what it sees. */
  async see(facing: Facing): Promise<void> {
    this.loop.stop();
    this.update({ facing, view: { kind: "loading", what: "the camera" } });
    try {
      await this.source.start(facing, () => this.fail(cameraFailure("Ended")));
    } catch (error) {
      return this.fail(cameraFailure(error instanceof Error ? error.name : String(error)));
    }
    this.goOn();
  }

  /** Hold the device against the manifest's golden cases; ends in an answer or in why not. */
  async check(): Promise<void> {
    const { uses } = this;
    this.update({ check: { kind: "pending" } });
    let check: SelfCheck;
    try {
      check = { kind: "done", found: await this.engine.check() };
    } catch (error) {
      check = { kind: "impossible", why: modelFailure(error, navigator.onLine).title };
    }
    if (uses === this.uses) this.update({ check });
  }

  /** Name what is in a picture file; the camera rests. */
  async openPicture(file: Blob, name: string): Promise<void> {
    if (this.state.loadInfo === undefined) return; // A file may be dropped at any time.
    this.loop.stop();
    let picture: ImageBitmap;
    try {
      picture = await decode(file);
    } catch {
      return this.fail(pictureFailure(name)); // The browser's own words say no more.
    }
    URL.revokeObjectURL(page.picture.src);
    page.picture.src = URL.createObjectURL(file);
    this.update({ view: { kind: "running", source: "picture", prediction: undefined } });
    await this.classify(async () => picture, "picture");
  }

  async openSample(): Promise<void> {
    try {
      await this.openPicture(await goldenFile(SAMPLE), SAMPLE);
    } catch {
      this.fail(pictureFailure(SAMPLE)); // It was not kept, and there is no network.
    }
  }

  async retry(): Promise<void> {
    const { view, chosen, wish, facing } = this.state;
    if (view.kind !== "failed") return;
    await (view.failure.retry === "model" ? this.use(chosen, wish) : this.see(facing));
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
    this.update({ view: { kind: "running", source: "camera", prediction: undefined } });
    renderGuide(this.state);
    this.loop.start();
  }

  private pause(why: "by you" | "in the background"): void {
    this.loop.stop();
    this.update({ view: { kind: "paused", why } });
  }

  private async classify(grab: () => Promise<Picture>, source: Source): Promise<void> {
    const { uses } = this;
    try {
      const prediction = await this.engine.classify(await grab());
      const { view } = this.state;
      // Meanwhile somebody may have paused or opened a picture.
      if (view.kind !== "running" || view.source !== source) return;
      const framesPerSecond = this.rate.add(performance.now());
      this.update({ view: { kind: "running", source, prediction }, framesPerSecond });
    } catch (error) {
      if (uses === this.uses) this.fail(modelFailure(error, navigator.onLine));
    }
  }

  /** Without a network there is nothing to check either. */
  private failModel(error: unknown): void {
    const failure = modelFailure(error, navigator.onLine);
    this.update({ check: { kind: "impossible", why: failure.title } });
    this.fail(failure);
  }

  private fail(failure: Failure): void {
    this.loop.stop();
    this.update({ view: { kind: "failed", failure } });
  }

  private update(change: Partial<UiState>): void {
    this.state = { ...this.state, ...change };
    render(this.state);
  }
}
