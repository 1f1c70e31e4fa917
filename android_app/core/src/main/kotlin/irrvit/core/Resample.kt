package irrvit.core

import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.max
import kotlin.math.min
import kotlin.math.sin

// Pillow's 8-bit resampling (src/libImaging/Resample.c, Geometry.c), the same to the bit: weights
// in double precision, rounded to 22 bits; rows first, then columns, each rounded to a byte.

/** Fraction bits of a weight: 32 less 8 of the result and 2 for what overshoots. */
internal const val WEIGHT_BITS = 22

/** Output pixel i is the sum over t < taps of weights[i * taps + t] * input[starts[i] + t]. */
internal class Axis(val starts: IntArray, val weights: IntArray, val taps: Int)

/** The output pixels of `part`, of an axis scaled from `from` to `to` pixels. */
internal fun axis(from: Int, to: Int, part: IntRange, filter: String): Axis {
    val pixels =
        if (filter == "nearest") nearest(from, to) else smooth(from, to, KERNELS.getValue(filter))
    val kept = pixels.slice(part)
    val taps = kept.maxOf { it.weights.size }
    val starts = IntArray(kept.size)
    val weights = IntArray(kept.size * taps)
    kept.forEachIndexed { i, pixel ->
        // The last taps may lie beyond the picture: begin earlier, with weights of 0.
        val shift = max(0, pixel.start + taps - from)
        starts[i] = pixel.start - shift
        pixel.weights.copyInto(weights, i * taps + shift)
    }
    return Axis(starts, weights, taps)
}

private class Pixel(val start: Int, val weights: IntArray)

private class Kernel(val support: Double, val weight: (Double) -> Double)

private val KERNELS = mapOf(
    "bilinear" to Kernel(1.0, ::bilinear),
    "bicubic" to Kernel(2.0, ::bicubic),
    "lanczos" to Kernel(3.0, ::lanczos),
)

private fun smooth(from: Int, to: Int, kernel: Kernel): List<Pixel> {
    val scale = from.toDouble() / to
    val filterScale = max(scale, 1.0)
    val support = kernel.support * filterScale
    val perFilterScale = 1 / filterScale
    return List(to) { i ->
        val center = (i + 0.5) * scale
        val start = max(0, (center - support + 0.5).toInt())
        val end = min(from, (center + support + 0.5).toInt())
        val raw = DoubleArray(end - start) {
            kernel.weight((it + start - center + 0.5) * perFilterScale)
        }
        var sum = 0.0
        for (weight in raw) sum += weight
        Pixel(start, IntArray(raw.size) { fixedPoint(if (sum == 0.0) raw[it] else raw[it] / sum) })
    }
}

/** Pillow adds up the positions, so their rounding errors add up too. */
private fun nearest(from: Int, to: Int): List<Pixel> {
    val scale = from.toDouble() / to
    var position = scale * 0.5
    return List(to) {
        Pixel(position.toInt(), intArrayOf(1 shl WEIGHT_BITS)).also { position += scale }
    }
}

private fun fixedPoint(weight: Double) =
    ((if (weight < 0) -0.5 else 0.5) + weight * (1 shl WEIGHT_BITS)).toInt()

private fun bilinear(x: Double) = max(0.0, 1 - abs(x))

private fun bicubic(x: Double): Double {
    val a = -0.5
    val distance = abs(x)
    return when {
        distance < 1 -> ((a + 2) * distance - (a + 3)) * distance * distance + 1
        distance < 2 -> (((distance - 5) * distance + 8) * distance - 4) * a
        else -> 0.0
    }
}

private fun lanczos(x: Double) = if (-3 <= x && x < 3) sinc(x) * sinc(x / 3) else 0.0

private fun sinc(x: Double) = if (x == 0.0) 1.0 else sin(x * PI) / (x * PI)
