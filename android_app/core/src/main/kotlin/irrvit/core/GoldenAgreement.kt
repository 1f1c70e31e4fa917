package irrvit.core

import kotlin.math.abs

/** What a device says about a picture against what PyTorch says, as `irrvit.benchmark.results.golden`. */
data class Agreement(val topAgrees: Boolean, val difference: Double, val passed: Boolean)

/**
 * Hold the logits of one picture against what the reference said about it.
 *
 * @param tolerance how far a logit may be off, as a share of the largest.
 */
fun agreement(logits: FloatArray, golden: GoldenCase, tolerance: Double): Agreement {
    if (golden.top5.any { it >= logits.size } || !logits.all(Float::isFinite)) {
        return Agreement(topAgrees = false, difference = Double.NaN, passed = false)
    }
    val largest = golden.logits.maxOf(::abs)
    val expected = golden.top5.zip(golden.logits)
    val difference = expected.maxOf { (index, logit) -> abs(logits[index] - logit) } / largest
    // Within twice the tolerance two right answers may name different classes.
    val lowest = golden.logits.first() - 2 * tolerance * largest
    val best = logits.indices.maxBy { logits[it] }
    val topAgrees = expected.any { (index, logit) -> index == best && logit >= lowest }
    return Agreement(topAgrees, difference, topAgrees && difference <= tolerance)
}
