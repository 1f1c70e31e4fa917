package irrvit.core

import kotlin.math.abs

/**
 * What a device says about a picture against what PyTorch says, as
 * `irrvit.benchmark.results.golden`.
 *
 * @property topAgrees names the class that the reference names, or one that it can hardly tell
 *   from it.
 * @property difference largest of a logit as a share of the scale; not finite if an output is
 *   not.
 */
data class Agreement(val topAgrees: Boolean, val difference: Double, val passed: Boolean)

/**
 * Hold the logits of one picture against what the reference said about it.
 *
 * @param tolerance how far a logit may be off, as a share of the scale: of what decides in the logits,
 *   or, where the manifest does not say, of the largest of them.
 */
fun agreement(logits: FloatArray, golden: GoldenCase, tolerance: Double): Agreement {
    if (golden.top5.any { it >= logits.size } || !logits.all(Float::isFinite)) {
        return Agreement(topAgrees = false, difference = Double.NaN, passed = false)
    }
    val scale = golden.scale ?: golden.logits.maxOf(::abs)
    val expected = golden.top5.zip(golden.logits)
    val difference = expected.maxOf { (index, logit) -> abs(logits[index] - logit) } / scale
    // Within twice the tolerance two right answers may name different classes.
    val lowest = golden.logits.first() - 2 * tolerance * scale
    val best = logits.indices.maxBy { logits[it] }
    val topAgrees = expected.any { (index, logit) -> index == best && logit >= lowest }
    return Agreement(topAgrees, difference, topAgrees && difference <= tolerance)
}

/**
 * What a file said on this device about all golden pictures of its manifest.
 *
 * @property failures a sentence for each picture that was answered otherwise than by the reference.
 * @property difference the largest of all pictures; not finite if an output is not, or nothing was
 *   compared.
 */
data class GoldenAgreement(val cases: Int, val failures: List<String>, val difference: Double) {
    /** A check that compared nothing has failed. */
    val passed get() = cases > 0 && failures.isEmpty()
}

/** Sum up what was found for each picture, by its name. */
fun goldenAgreement(found: List<Pair<String, Agreement>>, tolerance: Double): GoldenAgreement {
    val wrong = found.filter { (_, agreement) -> !agreement.passed }
    val failures = wrong.map { (picture, agreement) ->
        if (agreement.topAgrees) {
            "$picture: a logit is off by %.1e of what decides, %.1e is allowed"
                .format(agreement.difference, tolerance)
        } else {
            "$picture: names another class than the reference"
        }
    }
    val difference = found.maxOfOrNull { (_, agreement) -> agreement.difference } ?: Double.NaN
    return GoldenAgreement(found.size, failures, difference)
}
