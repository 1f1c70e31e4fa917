// A model file and its manifest, in a folder of the page's host.

import { type Manifest, parseManifest } from "../core/manifest";

/** A network the page was built with; `folder` is its address. */
export interface Artifact {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** A model file cannot be used; the message says why and what to do. */
export class BadArtifact extends Error {
  override readonly name = "BadArtifact";
}

/** Read the manifest of a folder. */
export async function readArtifact(folder: string): Promise<Artifact> {
  const json = new TextDecoder().decode(await fetchBytes(`${folder}/manifest.json`));
  return { folder, manifest: parseManifest(json) };
}

/** The file, after a look at whether it is the one that was checked. */
export async function fetchContent({
  folder,
  manifest,
}: Artifact): Promise<Uint8Array<ArrayBuffer>> {
  const { file, sha256 } = manifest;
  // The hash in the address: a cache never gives the file of an earlier build.
  const bytes = await fetchBytes(`${folder}/${file}?${sha256.slice(0, 12)}`);
  const found = await hexDigest(bytes);
  if (found !== sha256) {
    throw new BadArtifact(
      `${folder}/${file} is damaged or another file than its manifest describes: its SHA-256 is ` +
        `${found.slice(0, 8)}…, expected ${sha256.slice(0, 8)}…; reload the page, or export again`,
    );
  }
  return bytes;
}

export async function fetchBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new BadArtifact(
      `${url} cannot be loaded: the host says ${response.status}; build it anew`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}

export async function hexDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
