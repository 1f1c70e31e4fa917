package irrvit.core

import kotlin.math.max
import kotlin.math.min

/**
 * A picture as a camera or a bitmap gives it.
 *
 * @property bytes RGBA; a row may be followed by bytes that belong to no pixel.
 * @property rotation degrees by which it has to be turned clockwise to stand upright: 0, 90, 180
 *   or 270.
 */
class Frame(
    val bytes: ByteArray,
    val width: Int,
    val height: Int,
    val rowStride: Int,
    val rotation: Int,
)

/**
 * From a camera's bytes to what the network eats, bit for bit as Python's `preprocess`.
 *
 * Tables and buffers are made once for frames that are alike: no allocation per frame.
 */
class Preprocessor(private val spec: InputSpec) {
    private var plan: Plan? = null

    /** Turn, resize and crop; the RGB bytes (height, width, 3) are overwritten by the next call. */
    fun preprocess(frame: Frame): ByteArray {
        val plan = plan?.takeIf { it.fits(frame) } ?: Plan(frame, spec).also { plan = it }
        plan.resizeRows(frame.bytes)
        plan.resizeColumns()
        return plan.output
    }
}

/** All that depends on a frame's geometry and not on its pixels. */
private class Plan(frame: Frame, spec: InputSpec) {
    private val geometry = geometry(frame)
    private val isTurned = frame.rotation == 90 || frame.rotation == 270
    private val scale: Double
    private val columns: Axis
    private val rows: Axis

    // Where the pixel in the corner is, and how far its neighbours are, once it stands upright.
    private val origin: Int
    private val stepX: Int
    private val stepY: Int

    // Rows of the frame that the output needs, at the output's width.
    private val firstRow: Int
    private val narrowed: ByteArray
    val output = ByteArray(spec.height * spec.width * 3)

    init {
        val width = if (isTurned) frame.height else frame.width
        val height = if (isTurned) frame.width else frame.height
        scale = spec.resize.toDouble() / min(spec.height, spec.width) *
            max(spec.height.toDouble() / height, spec.width.toDouble() / width)
        columns = across(width, spec.width, spec.interpolation)
        rows = across(height, spec.height, spec.interpolation)
        firstRow = rows.starts.min()
        narrowed = ByteArray((rows.starts.max() + rows.taps - firstRow) * spec.width * 3)
        val right = 4 * (frame.width - 1)
        val bottom = frame.rowStride * (frame.height - 1)
        val (start, x, y) = when (frame.rotation) {
            0 -> Triple(0, 4, frame.rowStride)
            90 -> Triple(bottom, -frame.rowStride, 4)
            180 -> Triple(bottom + right, -4, -frame.rowStride)
            270 -> Triple(right, frame.rowStride, -4)
            else -> throw IllegalArgumentException(
                "rotation is ${frame.rotation}: expected 0, 90, 180 or 270",
            )
        }
        origin = start
        stepX = x
        stepY = y
    }

    fun fits(frame: Frame) = geometry == geometry(frame)

    private fun geometry(frame: Frame) =
        listOf(frame.width, frame.height, frame.rowStride, frame.rotation)

    /** Only what the crop keeps is ever computed. */
    private fun across(from: Int, kept: Int, filter: String): Axis {
        val to = max((from * scale + 1e-6).toInt(), kept)
        val first = Math.rint((to - kept) / 2.0).toInt()
        return axis(from, to, first until first + kept, filter)
    }

    fun resizeRows(bytes: ByteArray) {
        val starts = columns.starts
        val weights = columns.weights
        val taps = columns.taps
        var row = origin + firstRow * stepY
        var out = 0
        while (out < narrowed.size) {
            var k = 0
            for (start in starts) {
                var red = HALF
                var green = HALF
                var blue = HALF
                var at = row + start * stepX
                val end = k + taps
                while (k < end) {
                    val weight = weights[k++]
                    red += (bytes[at].toInt() and 0xff) * weight
                    green += (bytes[at + 1].toInt() and 0xff) * weight
                    blue += (bytes[at + 2].toInt() and 0xff) * weight
                    at += stepX
                }
                narrowed[out++] = rounded(red)
                narrowed[out++] = rounded(green)
                narrowed[out++] = rounded(blue)
            }
            row += stepY
        }
    }

    fun resizeColumns() {
        val rowLength = output.size / rows.starts.size
        var out = 0
        for (y in rows.starts.indices) {
            val first = (rows.starts[y] - firstRow) * rowLength
            for (x in 0 until rowLength) {
                var sum = HALF
                var at = first + x
                for (k in y * rows.taps until (y + 1) * rows.taps) {
                    sum += (narrowed[at].toInt() and 0xff) * rows.weights[k]
                    at += rowLength
                }
                output[out++] = rounded(sum)
            }
        }
    }
}

private const val HALF = 1 shl (WEIGHT_BITS - 1)

private fun rounded(sum: Int) = (sum shr WEIGHT_BITS).coerceIn(0, 255).toByte()
