// Measuring a network in this browser by the protocol of `irrvit-bench`, which docs/measuring.md
// tells.

import { agreement, type GoldenAgreement, goldenAgreement } from "../core/goldenAgreement";
import { tolerance } from "../core/manifest";
import type { Repeat, RunConfig } from "../core/measurement";
import { type Timer, timeRepeat } from "../core/protocol";
import { type Artifact, BadArtifact, fetchContent } from "./artifact";
import type { LoadInfo } from "./benchmarkWorker";
import type { Pixels, RuntimeName, RuntimeOptions } from "./runtime";
import { startWorker, type WorkerClient } from "./workerClient";

export interface Progress {
  /** Aborted: what was measured so far is kept. */
  readonly signal: AbortSignal;
  notify(stage: string): void;
}

/** How it is measured, by a runtime and on an accelerator that there are here. */
export type BenchmarkConfig = RunConfig & RuntimeOptions & { readonly runtime: RuntimeName };

/** What was found out about a file. */
export interface Measured {
  readonly loadInfo: LoadInfo;
  readonly repeats: readonly Repeat[];
  readonly golden: GoldenAgreement;
  readonly interrupted: boolean;
}

/** All that a repeat needs. */
interface Task {
  readonly artifact: Artifact;
  readonly content: Uint8Array<ArrayBuffer>;
  /** The golden pictures as the network sees them, in the manifest's order. */
  readonly pictures: readonly Pixels[];
  readonly config: BenchmarkConfig;
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly loadInfo: LoadInfo;
  readonly repeat: Repeat;
  readonly golden: GoldenAgreement;
}

/** Measure one network; every repeat has a worker of its own. */
export async function measure(
  artifact: Artifact,
  config: BenchmarkConfig,
  pictures: readonly Pixels[],
  { signal, notify }: Progress,
): Promise<Measured> {
  const content = await fetchContent(artifact);
  const task = { artifact, content, pictures, config, signal };
  const outcomes: Outcome[] = [];
  while (outcomes.length < config.repeats && !signal.aborted) {
    notify(`repeat ${outcomes.length + 1} of ${config.repeats}`);
    outcomes.push(await measureRepeat(task));
  }
  const [first] = outcomes;
  if (first === undefined) throw new BadArtifact("stopped before anything was measured");
  return {
    loadInfo: first.loadInfo,
    repeats: outcomes.map(({ repeat }) => repeat),
    golden: outcomes.map(({ golden }) => golden).find(({ passed }) => !passed) ?? first.golden,
    interrupted: signal.aborted,
  };
}

async function measureRepeat(task: Task): Promise<Outcome> {
  const { content, pictures, config } = task;
  const client = startWorker(config.runtime);
  try {
    await client.ask("prepare", { options: config });
    await client.load(content.slice());
    const { height, width } = task.artifact.manifest.input;
    // Zeros for a network without any golden picture.
    await client.ask("set", { pixels: pictures[0] ?? new Float32Array(height * width * 3) });
    const { first_ms, warmup, blocks } = await timeRepeat(timer(client, task), config);
    const repeat = {
      load_ms: client.loadInfo.load_ms,
      first_ms,
      warmup,
      blocks_ms: blocks.map(({ latencies_ms }) => latencies_ms),
      calls_per_value: Math.max(...blocks.map(({ calls_per_value }) => calls_per_value)),
      own_cpu_ms: null,
    };
    return { loadInfo: client.loadInfo, repeat, golden: await checkAnswers(client, task) };
  } finally {
    client.close();
  }
}

function timer(client: WorkerClient, { signal }: Task): Timer {
  return {
    time: (calls) => client.ask("time", { calls }),
    now: () => performance.now(),
    isStopped: () => signal.aborted,
  };
}

/** In every repeat, after the calls that were timed: an answer may go wrong later. */
async function checkAnswers(client: WorkerClient, task: Task): Promise<GoldenAgreement> {
  const { manifest } = task.artifact;
  const allowed = tolerance(manifest);
  const found = [];
  for (const [index, golden] of manifest.golden.entries()) {
    await client.ask("set", { pixels: task.pictures[index] as Pixels });
    const logits = await client.ask("logits", {});
    found.push([golden.picture, agreement(logits, { ...golden, tolerance: allowed })] as const);
  }
  return goldenAgreement(found, allowed);
}
