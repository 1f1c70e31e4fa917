// The record of a run on this device: what was measured, and what a page knows beside it.

import { type Measurement, measurement } from "../core/measurement";
import type { Artifact } from "../runtime/artifact";
import { measure, type Progress } from "../runtime/benchmark";
import { type RuntimeOptions, runtimeOf } from "../runtime/runtime";
import { deviceInfo, deviceState } from "./deviceFacts";
import { goldenPixels } from "./pictures";

const DEFAULTS = {
  ...{ iterations: 50, seconds: 1, repeats: 8, warmup_s: 2 },
  ...{ settle_s: 0, timeout_s: 120, seed: 0 },
};
/** What no page is told. */
const UNKNOWN = {
  background_cores: null,
  peak_memory_bytes: null,
  idle_memory_bytes: null,
  peak_gmacs: null,
};
const NO_NODES = { nodes_total: null, nodes_delegated: null, partitions: null };

/** Measure a network, and tell what is known of this device beside it. */
export async function measureHere(
  artifact: Artifact,
  options: RuntimeOptions,
  progress: Progress,
): Promise<Measurement> {
  const { manifest } = artifact;
  const config = { ...DEFAULTS, runtime: runtimeOf(manifest.target), ...options };
  progress.notify("loading the network and its pictures");
  const names = manifest.golden.map(({ picture }) => picture);
  const pictures = await goldenPixels(names, manifest.input);
  const before = deviceState();
  const { loadInfo, golden, ...measured } = await measure(artifact, config, pictures, progress);
  return measurement(manifest, {
    ...UNKNOWN,
    ...measured,
    run_id: crypto.randomUUID().replaceAll("-", ""),
    device: await deviceInfo(),
    config,
    runtime_version: loadInfo.version,
    placement: { ...NO_NODES, accelerator: loadInfo.accelerator, threads: loadInfo.threads },
    repeats_share_process: false,
    golden: { cases: golden.cases, failures: golden.failures },
    before,
    after: deviceState(),
    started_utc: before.at_utc,
  });
}
