// The record of a benchmark as Python reads it (`irrvit.benchmark.measurement`): every latency in
// its order, no averages; null where a browser does not know.

import type { Manifest } from "./manifest";

export const SCHEMA = 1;

export interface DeviceInfo {
  readonly kind: string;
  readonly name: string;
  readonly soc: string;
  readonly os: string;
  readonly ram_bytes: number;
  readonly abi: string;
  readonly cores: number;
  /** Its latencies say nothing about a real device. */
  readonly emulated: boolean;
  /** Tells machines apart without saying which one this is. */
  readonly id_hash: string;
}

export interface RunConfig {
  readonly runtime: string;
  readonly accelerator: string;
  readonly threads: number;
  /** Timed calls of each repeat, at least; `seconds` holds too. */
  readonly iterations: number;
  readonly seconds: number;
  readonly repeats: number;
  readonly warmup_s: number;
  readonly settle_s: number;
  readonly timeout_s: number;
  readonly seed: number;
}

export interface Placement {
  readonly accelerator: string;
  /** That ran, which may be fewer than were asked for. */
  readonly threads: number;
  readonly nodes_total: number | null;
  readonly nodes_delegated: number | null;
  readonly partitions: number | null;
}

export interface DeviceState {
  readonly load: number | null;
  readonly temperature_c: number | null;
  readonly frequency_mhz: number | null;
  readonly battery_percent: number | null;
  readonly charging: boolean | null;
  readonly thermal_status: string | null;
  readonly at_utc: string;
}

/** One whole run, from loading the file. */
export interface Repeat {
  readonly load_ms: number;
  readonly first_ms: number;
  readonly warmup: number;
  readonly blocks_ms: readonly (readonly number[])[];
  /** Of how many calls each of them is the mean; 1 where single ones are known. */
  readonly calls_per_value?: number;
  readonly own_cpu_ms: number | null;
}

/** What is known of a run besides its artifact. */
export interface Run {
  readonly run_id: string;
  readonly device: DeviceInfo;
  readonly config: RunConfig;
  readonly runtime_version: string;
  readonly placement: Placement;
  readonly golden: { readonly cases: number; readonly failures: readonly string[] };
  readonly before: DeviceState;
  readonly after: DeviceState;
  readonly background_cores: number | null;
  readonly repeats: readonly Repeat[];
  /** All in one process, one after another; here each has a worker of its own. */
  readonly repeats_share_process: boolean;
  readonly peak_memory_bytes: number | null;
  readonly idle_memory_bytes: number | null;
  readonly peak_gmacs: number | null;
  readonly interrupted: boolean;
  readonly started_utc: string;
}

export interface Measurement extends Run {
  readonly schema_version: typeof SCHEMA;
  readonly artifact_sha256: string;
  readonly target: string;
  readonly variant: string;
  readonly precision: string;
  readonly size_bytes: number;
  readonly macs: number;
}

/** One artifact on one device. */
export function measurement(manifest: Manifest, run: Run): Measurement {
  return {
    schema_version: SCHEMA,
    artifact_sha256: manifest.sha256,
    target: manifest.target,
    variant: manifest.model,
    precision: manifest.precision,
    size_bytes: manifest.size_bytes,
    macs: manifest.macs,
    ...run,
  };
}
