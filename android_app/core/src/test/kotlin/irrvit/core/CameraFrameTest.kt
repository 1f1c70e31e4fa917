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
            val frame = Frame(rgba, camera.width, camera.height, 4 * camera.width, case.getInt("rotation"))
            val output = Preprocessor(Golden.spec(case.getString("spec"))).preprocess(frame)
            assertEquals(case.getString("name"), case.getString("uint8_sha256"), Golden.sha256(output))
        }
    }

    private fun cameraFrame(case: JSONObject): CameraFrame {
        val width = case.getInt("width")
        val height = case.getInt("height")
        val seed = case.getInt("seed")
        val rows = (height + 1) / 2
        val columns = (width + 1) / 2
        val y = plane(height, width, case.getInt("y_row_stride"), 1, seed)
        val (u, v) = listOf(1, 2).map {
            plane(rows, columns, case.getInt("uv_row_stride"), case.getInt("uv_pixel_stride"), seed + it)
        }
        return CameraFrame(y, u, v, width, height)
    }

    private fun plane(rows: Int, columns: Int, rowStride: Int, pixelStride: Int, seed: Int): Plane {
        val count = (rows - 1) * rowStride + (columns - 1) * pixelStride + 1
        return Plane(Golden.noise(count, seed), rowStride, pixelStride)
    }
}
