// The networks that the page was built with: `models/models.json` names their folders.

import { type Artifact, BadArtifact, fetchBytes, readArtifact } from "../runtime/artifact";

export async function fetchModels(): Promise<Artifact[]> {
  const index = JSON.parse(new TextDecoder().decode(await fetchBytes("models/models.json")));
  const { models } = index as { models: string[] };
  if (models.length === 0) {
    throw new BadArtifact("the page was built with no network; build it anew");
  }
  return Promise.all(models.map((name) => readArtifact(`models/${name}`)));
}
