package irrvit.core

// How a repeat goes on, decided from its latencies alone: as Python's
// `irrvit.benchmark.run.protocol` and `irrvit.benchmark.results.stats.is_stationary`.

/** A block is long against the clock and short against what disturbs a device. */
private const val BLOCK_MS = 100.0
private const val MOST_CALLS = 1000
private const val LEAST_WARMUP_CALLS = 5

/** Calls before each block, to bring the network's data back to the caches. */
private const val UNTIMED_CALLS = 2

/**
 * Latencies in their order, each the mean of some calls.
 *
 * @property ownCpuMs CPU time of the process meanwhile, all threads; null if unknown.
 */
class Block(
    val latenciesMs: List<Double>,
    val callsPerValue: Int = 1,
    val ownCpuMs: Double? = null,
)

/** What times calls: a runtime that has loaded a file; a played one in tests. */
interface Timer {
    fun time(calls: Int): Block

    /** Milliseconds of a clock that only goes forward. */
    fun now(): Double

    /** Asked after each block: whether somebody wants it to end early. */
    fun isStopped(): Boolean
}

/** @property warmup values that were taken until they were stationary. */
class TimedRepeat(val firstMs: Double, val warmup: Int, val blocks: List<Block>)

/** The first call, the warm-up, and blocks until there are enough. */
fun timeRepeat(timer: Timer, config: RunConfig): TimedRepeat {
    val firstMs = timer.time(1).latenciesMs.first()
    val warmup = warmUp(timer, firstMs, config.warmupS)
    val blocks = mutableListOf<Block>()
    var latest = warmup.last()
    while (blocks.isEmpty() || !(isEnough(blocks, config) || timer.isStopped())) {
        timer.time(UNTIMED_CALLS)
        val block = timer.time(callsOfBlock(median(latest)))
        blocks += block
        latest = block.latenciesMs
    }
    return TimedRepeat(firstMs, warmup.sumOf { it.size }, blocks)
}

/** Call until the latencies are stationary, or the limit is reached. */
private fun warmUp(timer: Timer, firstMs: Double, limitS: Double): List<List<Double>> {
    val end = timer.now() + 1000 * limitS
    val blocks = mutableListOf<List<Double>>()
    while (blocks.isEmpty() || (!isStationary(blocks) && timer.now() < end)) {
        blocks += timer.time(callsOfWarmup(firstMs)).latenciesMs
    }
    return blocks
}

fun median(latencies: List<Double>) = percentile(latencies.toDoubleArray().sortedArray(), 50.0)

/** How many calls of this length make a block; a half is rounded to the even number. */
fun callsOfBlock(callMs: Double): Int = Math.rint(BLOCK_MS / callMs).toInt().coerceIn(1, MOST_CALLS)

/** How many calls a block of the warm-up has, after a first call of this length. */
fun callsOfWarmup(firstMs: Double): Int = maxOf(LEAST_WARMUP_CALLS, callsOfBlock(firstMs) / 2)

/** Whether the last three blocks are alike within 3 %, or get no quicker any more. */
fun isStationary(blocks: List<List<Double>>): Boolean {
    if (blocks.size < 3) return false
    val medians = blocks.takeLast(3).map(::median)
    val alike = medians.max() <= 1.03 * medians.min()
    return alike || (blocks.size >= 6 && medians.last() >= medians.first())
}

/** Whether a repeat has both calls and seconds enough. */
fun isEnough(blocks: List<Block>, config: RunConfig): Boolean {
    val calls = blocks.sumOf { it.callsPerValue * it.latenciesMs.size }
    val totalMs = blocks.sumOf { it.callsPerValue * it.latenciesMs.sum() }
    return calls >= config.iterations && totalMs >= 1000 * config.seconds
}
