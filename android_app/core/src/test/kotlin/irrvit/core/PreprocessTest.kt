package irrvit.core

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Test

class PreprocessTest {
    @Test
    fun pixelsAreThoseOfPythonToTheBit() {
        val cases = Golden.cases("preprocess")
        assert(cases.isNotEmpty())
        for (case in cases) {
            val output = Preprocessor(Golden.spec(case.getString("spec"))).preprocess(frame(case))
            assertEquals(case.getString("name"), expected(case), Golden.sha256(output))
        }
    }

    @Test
    fun buffersOfFramesThatAreAlikeAreMadeOnce() {
        val ofSpecs = Golden.cases("preprocess").groupBy { it.getString("spec") }
        val (case, other) = ofSpecs.values.first()
        val preprocessor = Preprocessor(Golden.spec(case.getString("spec")))
        val first = preprocessor.preprocess(frame(case))
        assertSame(first, preprocessor.preprocess(frame(case)))
        assertEquals(expected(other), Golden.sha256(preprocessor.preprocess(frame(other))))
        assertEquals(expected(case), Golden.sha256(preprocessor.preprocess(frame(case))))
    }

    @Test
    fun anotherRotationIsRefused() {
        val frame = Frame(ByteArray(4), 1, 1, 4, 45)
        assertThrows(IllegalArgumentException::class.java) {
            Preprocessor(InputSpec(2, 2, 2, "bilinear")).preprocess(frame)
        }
    }

    private fun expected(case: JSONObject) = case.getString("uint8_sha256")

    private fun frame(case: JSONObject): Frame {
        val width = case.getInt("width")
        val height = case.getInt("height")
        val rowStride = case.getInt("row_stride")
        val source = case.getJSONObject("source")
        val bytes = if (source.has("picture")) Golden.picture(source.getString("picture"))
        else Golden.noise((height - 1) * rowStride + 4 * width, source.getInt("seed"))
        return Frame(bytes, width, height, rowStride, case.getInt("rotation"))
    }
}
