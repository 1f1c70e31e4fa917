package irrvit.core

import kotlin.math.cbrt
import kotlin.math.max
import kotlin.math.min
import kotlin.math.sqrt

/** Milliseconds of single calls; `lowMs` to `highMs` is the 95 % interval of the median. */
data class LatencySummary(
    val n: Int,
    val minMs: Double,
    val p50Ms: Double,
    val p90Ms: Double,
    val p99Ms: Double,
    val meanMs: Double,
    val stdevMs: Double,
    val lowMs: Double,
    val highMs: Double,
)

private const val DRAWS = 400

/** Percentiles of all calls; `repeats` has the latencies of each repeat in their order. */
fun summarize(repeats: List<List<Double>>): LatencySummary {
    val values = repeats.flatten().toDoubleArray()
    require(values.isNotEmpty()) { "no call was timed: nothing to summarize" }
    val sorted = values.sortedArray()
    val mean = values.average()
    val squares = values.sumOf { (it - mean) * (it - mean) }
    val (low, high) = medianInterval(values)
    return LatencySummary(
        n = values.size,
        minMs = sorted.first(),
        p50Ms = percentile(sorted, 50.0),
        p90Ms = percentile(sorted, 90.0),
        p99Ms = percentile(sorted, 99.0),
        meanMs = mean,
        stdevMs = if (values.size > 1) sqrt(squares / (values.size - 1)) else 0.0,
        lowMs = low,
        highMs = high,
    )
}

/** Of sorted values, between two of them on the straight line that joins them. */
fun percentile(sorted: DoubleArray, percent: Double): Double {
    val place = percent / 100 * (sorted.size - 1)
    val below = place.toInt()
    val lower = sorted[below]
    val upper = sorted[min(below + 1, sorted.size - 1)]
    return lower + (upper - lower) * (place - below)
}

/** A bootstrap of stretches of neighbouring calls: neighbours are alike. */
private fun medianInterval(values: DoubleArray): Pair<Double, Double> {
    val length = stretch(values)
    var state = 0L // Of numbers that are the same in every run, and in every app.
    val drawn = DoubleArray(values.size)
    val medians = DoubleArray(DRAWS) {
        for (at in drawn.indices step length) {
            state = state * 1664525 + 1013904223 and 0xffffffff
            val start = (state * (values.size - length + 1) shr 32).toInt()
            values.copyInto(drawn, at, start, start + min(length, drawn.size - at))
        }
        percentile(drawn.sortedArray(), 50.0)
    }
    medians.sort()
    return percentile(medians, 2.5) to percentile(medians, 97.5)
}

/** How many neighbours are drawn together: several times as far as they resemble each other. */
internal fun stretch(values: DoubleArray): Int {
    val ranks = centredRanks(values)
    val spread = product(ranks, 0)
    var alike = 1.0
    for (lag in 1 until values.size / 4) {
        val correlation = product(ranks, lag) / spread
        if (correlation < 0.05) break
        alike += 2 * correlation
    }
    val length = max(cbrt(values.size.toDouble()), 4 * alike)
    return min(length, max(1.0, (values.size / 8).toDouble())).toInt()
}

/** Ranks, so that one call of a second does not hide how alike the others are. */
private fun centredRanks(values: DoubleArray): DoubleArray {
    val ranks = DoubleArray(values.size)
    values.indices.sortedBy { values[it] }.forEachIndexed { rank, index ->
        ranks[index] = rank - (values.size - 1) / 2.0
    }
    return ranks
}

private fun product(values: DoubleArray, lag: Int) =
    (lag until values.size).sumOf { values[it] * values[it - lag] }
