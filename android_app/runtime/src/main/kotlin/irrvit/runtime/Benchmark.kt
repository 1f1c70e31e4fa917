package irrvit.runtime

import irrvit.core.Placement
import irrvit.core.Repeat
import irrvit.core.RunConfig

/** What a run of the benchmark found out about a file. */
class Timed(
    val repeat: Repeat,
    val runtimeVersion: String,
    val placement: Placement,
    val peakMemoryBytes: Long,
    val idleMemoryBytes: Long,
)

/**
 * Load a file, call it until calls are warm, and time calls.
 *
 * `irrvit-bench` measures more strictly: here nothing waits for a quiet phone, and the repeats of a measurement
 * would share this process, so there is one.
 */
fun timeArtifact(artifact: Artifact, config: RunConfig, pixels: FloatArray): Timed {
    loadLibraries(config.runtime)
    val idle = peakMemoryBytes()
    val content = artifact.content()
    val start = System.nanoTime()
    return openRuntime(config.runtime, content, config.threads).use { runtime ->
        val loadMs = msSince(start)
        runtime.set(pixels)
        val firstMs = timeCall(runtime)
        val warmup = 1 + warmUp(runtime, config.warmupS)
        val cpu = cpuNs()
        val latencies = time(runtime, config)
        val repeat = Repeat(loadMs, firstMs, warmup, listOf(latencies), (cpuNs() - cpu) / 1e6)
        Timed(repeat, runtime.version, runtime.placement, peakMemoryBytes(), idle)
    }
}

private fun warmUp(runtime: Runtime, seconds: Double): Int {
    val start = System.nanoTime()
    return generateSequence { timeCall(runtime) }.takeWhile { msSince(start) < 1000 * seconds }.count()
}

private fun time(runtime: Runtime, config: RunConfig): List<Double> {
    val latencies = ArrayList<Double>(config.iterations)
    val start = System.nanoTime()
    while (latencies.size < config.iterations || msSince(start) < 1000 * config.seconds) latencies += timeCall(runtime)
    return latencies
}

private fun timeCall(runtime: Runtime): Double {
    val start = System.nanoTime()
    runtime.call()
    return msSince(start)
}

private fun msSince(start: Long) = (System.nanoTime() - start) / 1e6
