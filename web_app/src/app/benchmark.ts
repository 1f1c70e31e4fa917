// Measuring a network in this browser by the protocol of `irrvit-bench`: `irrvit.benchmark.run.rounds`.

import { agreement } from "../core/goldenAgreement";
import type { InputSpec, Manifest } from "../core/manifest";
import { type Measurement, measurement, type Repeat, type RunConfig } from "../core/measurement";
import { preprocessor } from "../core/preprocess";
import { callsOfBlock, isEnough, isStationary, median } from "../core/protocol";
import { decode } from "./camera";
import {
  fetchBytes,
  fetchModel,
  ModelError,
  startClassifier,
  type WorkerClassifier,
} from "./classifier";
import { describe, state } from "./device";
import type { Loaded, Pixels, RuntimeOptions, Timed } from "./runtime";
import { sampleAddress } from "./selfCheck";
import type { Model } from "./state";

const DEFAULTS = { iterations: 50, seconds: 1, repeats: 8, warmup_s: 2, settle_s: 0 };
const WARMUP_CALLS = 5;
/** Calls before each block, to bring the network's data back to the caches. */
const UNTIMED = 2;

export interface Progress {
  /** Aborted: what was measured so far is kept. */
  readonly signal: AbortSignal;
  notify(stage: string): void;
}

/** All that a repeat needs. */
interface Task {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The golden pictures as the network sees them, in the manifest's order. */
  readonly pictures: readonly Pixels[];
  readonly config: RunConfig;
  readonly signal: AbortSignal;
}

interface Turn {
  readonly loaded: Loaded;
  readonly failures: readonly string[];
  readonly repeat: Repeat;
}

/** Measure one network; every repeat has a worker of its own. */
export async function measure(
  { manifest, folder }: Model,
  options: RuntimeOptions,
  { signal, notify }: Progress,
): Promise<Measurement> {
  const runtime = manifest.target === "onnx" ? "onnxruntime" : "litert";
  const config = { ...DEFAULTS, runtime, ...options, timeout_s: 120, seed: 0 };
  notify("loading the network and its pictures");
  const bytes = await fetchModel(`${folder}/${manifest.file}`, manifest.sha256);
  const pictures = await Promise.all(
    manifest.golden.map(({ picture }) => load(picture, manifest.input)),
  );
  const before = state();
  const turns: Turn[] = [];
  while (turns.length < config.repeats && !signal.aborted) {
    notify(`repeat ${turns.length + 1} of ${config.repeats}`);
    turns.push(await takeTurn({ manifest, bytes, pictures, config, signal }));
  }
  const first = turns[0];
  if (first === undefined) throw new ModelError("stopped before anything was measured");
  return measurement(manifest, {
    ...UNKNOWN,
    run_id: crypto.randomUUID().replaceAll("-", ""),
    device: await describe(),
    config,
    runtime_version: first.loaded.version,
    placement: { ...NO_NODES, accelerator: first.loaded.accelerator },
    golden: {
      cases: pictures.length,
      failures: turns.find(({ failures }) => failures.length > 0)?.failures ?? [],
    },
    before,
    after: state(),
    repeats: turns.map(({ repeat }) => repeat),
    interrupted: signal.aborted,
    started_utc: before.at_utc,
  });
}

/** What no page is told. */
const UNKNOWN = {
  background_cores: null,
  peak_memory_bytes: null,
  idle_memory_bytes: null,
  peak_gmacs: null,
};
const NO_NODES = { nodes_total: null, nodes_delegated: null, partitions: null };

async function takeTurn(task: Task): Promise<Turn> {
  const { manifest, bytes, pictures, config } = task;
  const worker = startClassifier(manifest.target === "onnx" ? "onnxruntime" : "litert");
  try {
    await worker.ask("prepare", { options: config as RunConfig & RuntimeOptions });
    await worker.load(bytes.slice());
    await worker.ask("set", { pixels: pictures[0] as Pixels });
    const first_ms = (await worker.ask("time", { calls: 1 })).latencies_ms[0] as number;
    const warmup = await warmUp(worker, first_ms, config.warmup_s);
    const timed = await timeBlocks(worker, warmup.at(-1) as number[], task);
    const repeat = {
      load_ms: worker.info.load_ms,
      first_ms,
      warmup: warmup.flat().length,
      blocks_ms: timed.map(({ latencies_ms }) => latencies_ms),
      calls_per_value: Math.max(...timed.map(({ calls_per_timing }) => calls_per_timing)),
      own_cpu_ms: null,
    };
    return { loaded: worker.info, repeat, failures: await check(worker, task) };
  } finally {
    worker.close();
  }
}

/** Call until the latencies are stationary, or the limit is reached. */
async function warmUp(worker: WorkerClassifier, first_ms: number, limit_s: number) {
  const end = performance.now() + 1000 * limit_s;
  const calls = Math.max(WARMUP_CALLS, Math.floor(callsOfBlock(first_ms) / 2));
  const blocks: (readonly number[])[] = [];
  while (blocks.length === 0 || (!isStationary(blocks) && performance.now() < end)) {
    blocks.push((await worker.ask("time", { calls })).latencies_ms);
  }
  return blocks;
}

async function timeBlocks(
  worker: WorkerClassifier,
  warm: readonly number[],
  { config, signal }: Task,
): Promise<Timed[]> {
  const blocks: Timed[] = [];
  while (blocks.length === 0 || !(isEnough(blocks, config) || signal.aborted)) {
    await worker.ask("time", { calls: UNTIMED });
    const calls = callsOfBlock(median(blocks.at(-1)?.latencies_ms ?? warm));
    blocks.push(await worker.ask("time", { calls }));
  }
  return blocks;
}

/** In every repeat, after the calls that were timed: an answer may go wrong later. */
async function check(worker: WorkerClassifier, { manifest, pictures }: Task): Promise<string[]> {
  const tolerance = manifest.parity[0]?.tolerance.max_rel ?? 0;
  const failures: string[] = [];
  for (const [index, { picture, top5, logits }] of manifest.golden.entries()) {
    await worker.ask("set", { pixels: pictures[index] as Pixels });
    const found = agreement(await worker.ask("logits", {}), { top5, logits, tolerance });
    if (!found.topAgrees) failures.push(`${picture}: names another class than the reference`);
    else if (!found.passed) {
      failures.push(
        `${picture}: a logit is off by ${found.difference.toPrecision(2)} of the largest, ` +
          `${tolerance} is allowed`,
      );
    }
  }
  return failures;
}

async function load(picture: string, spec: InputSpec): Promise<Pixels> {
  const bitmap = await decode(new Blob([await fetchBytes(sampleAddress(picture))]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { colorSpace: "srgb" });
  if (context === null) throw new ModelError("this browser has no canvas; update it");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const bytes = context.getImageData(0, 0, width, height).data;
  const frame = { bytes, width, height, rowStride: 4 * width, rotation: 0 } as const;
  return Float32Array.from(preprocessor(spec)(frame));
}
