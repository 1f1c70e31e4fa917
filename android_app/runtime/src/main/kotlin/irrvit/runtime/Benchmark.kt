package irrvit.runtime

import irrvit.core.Block
import irrvit.core.GoldenAgreement
import irrvit.core.Placement
import irrvit.core.Repeat
import irrvit.core.RunConfig
import irrvit.core.Timer
import irrvit.core.agreement
import irrvit.core.goldenAgreement
import irrvit.core.timeRepeat

// Measuring a network on this device by the protocol of `irrvit-bench`; docs/measuring.md tells it.
// Only that all repeats share this process is other: an app cannot start itself anew.

/** Whoever waits for a measurement. */
interface Progress {
    /** True: what was measured so far is kept. */
    val isStopped: Boolean

    fun notify(stage: String)
}

/**
 * What was found out about a file.
 *
 * @property peakMemoryBytes of the first repeat, null if this process had more memory before.
 */
class Measured(
    val repeats: List<Repeat>,
    val golden: GoldenAgreement,
    val runtimeVersion: String,
    val placement: Placement,
    val peakMemoryBytes: Long?,
    val idleMemoryBytes: Long?,
    val interrupted: Boolean,
)

private class Task(
    val artifact: Artifact,
    val content: ByteArray,
    val pictures: List<FloatArray>,
    val config: RunConfig,
    val progress: Progress,
)

private class Outcome(
    val repeat: Repeat,
    val golden: GoldenAgreement,
    val runtimeVersion: String,
    val placement: Placement,
    val peakMemoryBytes: Long,
)

/**
 * Measure one network; every repeat loads its file anew.
 *
 * @param pictures the golden ones as the network sees them, in the manifest's order.
 */
fun measure(
    artifact: Artifact,
    config: RunConfig,
    pictures: List<FloatArray>,
    progress: Progress,
): Measured {
    loadLibraries(config.runtime)
    val idle = memoryBytes()
    val earlierPeak = peakMemoryBytes()
    val task = Task(artifact, artifact.content(), pictures, config, progress)
    val outcomes = mutableListOf<Outcome>()
    while (outcomes.size < config.repeats && !progress.isStopped) {
        progress.notify("repeat ${outcomes.size + 1} of ${config.repeats}")
        outcomes += measureRepeat(task)
    }
    val first = outcomes.firstOrNull()
        ?: throw RuntimeFailure("stopped before anything was measured")
    val isPeakOurs = first.peakMemoryBytes > earlierPeak
    return Measured(
        repeats = outcomes.map { it.repeat },
        golden = outcomes.map { it.golden }.find { !it.passed } ?: first.golden,
        runtimeVersion = first.runtimeVersion,
        placement = first.placement,
        peakMemoryBytes = first.peakMemoryBytes.takeIf { isPeakOurs },
        idleMemoryBytes = idle.takeIf { isPeakOurs },
        interrupted = progress.isStopped,
    )
}

private fun measureRepeat(task: Task): Outcome {
    val config = task.config
    val start = System.nanoTime()
    return openRuntime(config.runtime, task.content, config.threads).use { runtime ->
        val loadMs = (System.nanoTime() - start) / 1e6
        runtime.set(task.pictures.firstOrNull() ?: blank(task.artifact))
        val timed = timeRepeat(RuntimeTimer(runtime, task.progress), config)
        val peak = peakMemoryBytes()
        val repeat = Repeat(
            loadMs = loadMs,
            firstMs = timed.firstMs,
            warmup = timed.warmup,
            blocksMs = timed.blocks.map(Block::latenciesMs),
            ownCpuMs = timed.blocks.sumOf { it.ownCpuMs ?: 0.0 },
        )
        val golden = checkAnswers(runtime, task)
        Outcome(repeat, golden, runtime.version, runtime.placement, peak)
    }
}

/** Zeros, for a network without any golden picture. */
private fun blank(artifact: Artifact) =
    artifact.manifest.input.run { FloatArray(height * width * 3) }

private class RuntimeTimer(private val runtime: Runtime, private val progress: Progress) : Timer {
    override fun time(calls: Int): Block {
        val timed = timeCalls(runtime, calls)
        return Block(timed.ns.map { it / 1e6 }, ownCpuMs = timed.cpuNs / 1e6)
    }

    override fun now() = System.nanoTime() / 1e6

    override fun isStopped() = progress.isStopped
}

/** In every repeat, after the calls that were timed: an answer may go wrong later. */
private fun checkAnswers(runtime: Runtime, task: Task): GoldenAgreement {
    val manifest = task.artifact.manifest
    val found = manifest.golden.zip(task.pictures) { golden, pixels ->
        runtime.set(pixels)
        golden.picture to agreement(runtime.logits(), golden, manifest.maxRel)
    }
    return goldenAgreement(found, manifest.maxRel)
}
