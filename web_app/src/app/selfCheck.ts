// The manifest's golden cases on this very device: whole pictures, from their file to the logits.

import { agreement } from "../core/goldenAgreement";
import { decode } from "./camera";
import { fetchBytes } from "./classifier";
import type { Recognizer } from "./recognizer";
import type { Model, SelfCheck } from "./state";

/** Sample photographs, without loss; a manifest names them as they were before. */
export function sampleAddress(picture: string): string {
  return `models/pictures/${picture.replace(/\.\w+$/, ".webp")}`;
}

export async function selfCheck(model: Model, recognizer: Recognizer): Promise<SelfCheck> {
  const { golden, parity } = model.manifest;
  const tolerance = parity[0]?.tolerance.max_rel ?? 0;
  let agreeing = 0;
  let difference = 0;
  let passed = golden.length > 0 && parity.length > 0;
  for (const { picture, top5, logits } of golden) {
    const bitmap = await decode(new Blob([await fetchBytes(sampleAddress(picture))]));
    const recognized = await recognizer.recognize(bitmap);
    const found = agreement(recognized.logits, { top5, logits, tolerance });
    agreeing += found.topAgrees ? 1 : 0;
    difference = Math.max(difference, found.difference);
    passed &&= found.passed;
  }
  return { kind: "done", cases: golden.length, agreeing, difference, passed };
}
