package irrvit.core

/** Brightness or colour: rows of `rowStride` bytes, of which every `pixelStride`-th counts. */
class Plane(val bytes: ByteArray, val rowStride: Int, val pixelStride: Int)

/**
 * YUV 4:2:0 as a camera gives it, values as in JPEG (full range, BT.601).
 *
 * @property u, v one value for each square of four pixels.
 */
class CameraFrame(val y: Plane, val u: Plane, val v: Plane, val width: Int, val height: Int)

/** Pillow's conversion, the same to the bit; every pixel of a square takes the square's colour. */
fun toRgba(frame: CameraFrame, rgba: ByteArray) {
    for (row in 0 until frame.height) {
        var out = 4 * row * frame.width
        for (column in 0 until frame.width) {
            val y = frame.y.at(row, column)
            val u = frame.u.at(row / 2, column / 2)
            val v = frame.v.at(row / 2, column / 2)
            rgba[out] = byte(y + (RED_OF_V[v] shr BITS))
            rgba[out + 1] = byte(y + (GREEN_OF_U[u] + GREEN_OF_V[v] shr BITS))
            rgba[out + 2] = byte(y + (BLUE_OF_U[u] shr BITS))
            rgba[out + 3] = -1
            out += 4
        }
    }
}

// As in Pillow's src/libImaging/ConvertYCbCr.c.
private const val BITS = 6
private val RED_OF_V = table(1.40200)
private val GREEN_OF_U = table(-0.34414)
private val GREEN_OF_V = table(-0.71414)
private val BLUE_OF_U = table(1.77200)

private fun table(factor: Double) =
    IntArray(256) { (factor * (it - 128) * (1 shl BITS) + 0.5).toInt() }

private fun Plane.at(row: Int, column: Int) =
    bytes[row * rowStride + column * pixelStride].toInt() and 0xff

private fun byte(value: Int) = value.coerceIn(0, 255).toByte()
