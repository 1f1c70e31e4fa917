// The networks that the page was built with: `models/models.json` names their folders.

import { parseManifest } from "../core/manifest";
import { fetchBytes, ModelError } from "./classifier";
import type { Model } from "./state";

export async function fetchModels(): Promise<Model[]> {
  const index = JSON.parse(await fetchText("models/models.json"));
  const folders = (index as { models: string[] }).models.map((name) => `models/${name}`);
  const models = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      manifest: parseManifest(await fetchText(`${folder}/manifest.json`)),
    })),
  );
  if (models.length === 0)
    throw new ModelError("the page was built with no network; build it anew");
  return models;
}

async function fetchText(url: string): Promise<string> {
  return new TextDecoder().decode(await fetchBytes(url));
}
