// The manifest's golden cases on this very device: whole pictures, from their file to the logits.

import { agreement, type GoldenAgreement, goldenAgreement } from "../core/goldenAgreement";
import { type Manifest, tolerance } from "../core/manifest";
import type { Classifier } from "./classifier";
import type { Picture } from "./frameReader";

/** Show every golden picture of a manifest to its network; `picture` fetches one by its name. */
export async function selfCheck(
  manifest: Manifest,
  classifier: Pick<Classifier, "logits">,
  picture: (name: string) => Promise<Picture>,
): Promise<GoldenAgreement> {
  const allowed = tolerance(manifest);
  const found = [];
  for (const golden of manifest.golden) {
    const logits = await classifier.logits(await picture(golden.picture));
    found.push([golden.picture, agreement(logits, { ...golden, tolerance: allowed })] as const);
  }
  return goldenAgreement(found, allowed);
}
