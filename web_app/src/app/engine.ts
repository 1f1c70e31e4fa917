// The network in use: loaded, checked, and shown pictures. What goes wrong with it is thrown.

import type { GoldenAgreement } from "../core/goldenAgreement";
import { type Artifact, BadArtifact } from "../runtime/artifact";
import type { LoadInfo } from "../runtime/benchmarkWorker";
import { type Classifier, openClassifier, type Prediction, type Wish } from "../runtime/classifier";
import { expectTruePixels, type Picture } from "../runtime/frameReader";
import { selfCheck } from "../runtime/selfCheck";
import { golden } from "./pictures";

export class Engine {
  private artifact: Artifact | undefined;
  private classifier: Classifier | undefined;

  /** What really runs the network; undefined while there is none. */
  get loadInfo(): LoadInfo | undefined {
    return this.classifier?.loadInfo;
  }

  /** Load a network; returns why it is not on the fastest there is, or nothing. */
  async use(artifact: Artifact, wish: Wish): Promise<string> {
    this.close();
    const { classifier, notice } = await openClassifier(artifact, wish);
    [this.artifact, this.classifier] = [artifact, classifier];
    return notice;
  }

  /** Hold this device against the manifest's golden cases. */
  async check(): Promise<GoldenAgreement> {
    const { artifact, classifier } = this;
    if (artifact === undefined || classifier === undefined) {
      throw new BadArtifact("no network is loaded");
    }
    const found = await selfCheck(artifact.manifest, classifier, golden);
    // The device is not to blame for pictures that its browser changed.
    if (!found.passed) expectTruePixels({ isExact: true });
    return found;
  }

  /** Name what is in a picture, which is used up; undefined without a network. */
  async classify(picture: Picture): Promise<Prediction | undefined> {
    if (this.classifier !== undefined) return this.classifier.classify(picture);
    picture.close();
    return undefined;
  }

  close(): void {
    this.classifier?.close();
    this.classifier = undefined;
  }
}
