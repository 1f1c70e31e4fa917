package irrvit.core

import kotlin.math.exp

/** @property probability softmax over all classes, 0..1. */
data class Guess(val index: Int, val probability: Double)

/** The `k` largest logits, largest first; of equal ones the lower class comes first. */
fun topK(logits: FloatArray, k: Int): List<Guess> {
    require(logits.isNotEmpty()) { "the network has no outputs" }
    val wrong = logits.indexOfFirst { !it.isFinite() }
    require(wrong < 0) { "output $wrong is ${logits[wrong]}: this device computes wrongly" }
    val best = logits.indices.sortedByDescending { logits[it] }.take(k)
    val largest = logits[best.first()].toDouble()
    val sum = logits.sumOf { exp(it - largest) }
    return best.map { Guess(it, exp(logits[it] - largest) / sum) }
}
