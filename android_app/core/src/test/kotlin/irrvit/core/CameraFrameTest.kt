package irrvit.core

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test

class CameraFrameTest {
    @Test
    fun pixelsAreThoseOfPythonToTheBit() {
        val cases = Golden.cases("camera")
        assert(cases.isNotEmpty())
        for (case in cases) {
            val camera = cameraFrame(case)
            val rgba = ByteArray(4 * camera.width * camera.height)
            toRgba(camera, rgba)
            val (width, height) = camera.width to camera.height
            val frame = Frame(rgba, width, height, 4 * width, case.getInt("rotation"))
            val output = Preprocessor(Golden.spec(case.getString("spec"))).preprocess(frame)
            val expected = case.getString("uint8_sha256")
            assertEquals(case.getString("name"), expected, Golden.sha256(output))
        }
    }

    private fun cameraFrame(case: JSONObject): CameraFrame {
        val width = case.getInt("width")
        val height = case.getInt("height")
        val seed = case.getInt("seed")
        val rows = (height + 1) / 2
        val columns = (width + 1) / 2
        val y = plane(height, width, case.getInt("y_row_stride"), 1, seed)
        val (rowStride, pixelStride) = listOf("uv_row_stride", "uv_pixel_stride").map(case::getInt)
        val (u, v) = listOf(1, 2).map { plane(rows, columns, rowStride, pixelStride, seed + it) }
        return CameraFrame(y, u, v, width, height)
    }

    private fun plane(rows: Int, columns: Int, rowStride: Int, pixelStride: Int, seed: Int): Plane {
        val count = (rows - 1) * rowStride + (columns - 1) * pixelStride + 1
        return Plane(Golden.noise(count, seed), rowStride, pixelStride)
    }
}
