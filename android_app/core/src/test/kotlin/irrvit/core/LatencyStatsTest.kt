package irrvit.core

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class LatencyStatsTest {
    @Test
    fun figuresAreThoseOfPython() {
        for (case in Golden.cases("latency_stats")) {
            val summary = summarize(repeats(case))
            val expected = case.getJSONObject("expected")
            val name = case.getString("name")
            val figures = mapOf(
                "n" to summary.n.toDouble(), "min_ms" to summary.minMs, "p50_ms" to summary.p50Ms,
                "p90_ms" to summary.p90Ms, "p99_ms" to summary.p99Ms, "mean_ms" to summary.meanMs,
                "stdev_ms" to summary.stdevMs,
            )
            for ((figure, value) in figures) {
                assertEquals("$name: $figure", expected.getDouble(figure), value, 1e-9)
            }
            assertWithin("$name: low_ms", expected.getJSONArray("low_ms"), summary.lowMs)
            assertWithin("$name: high_ms", expected.getJSONArray("high_ms"), summary.highMs)
        }
    }

    @Test
    fun drawsAreThoseOfEveryApp() {
        for (case in Golden.cases("latency_stats")) {
            val repeats = repeats(case)
            val expected = case.getJSONObject("apps")
            val name = case.getString("name")
            val length = stretch(repeats.flatten().toDoubleArray())
            assertEquals(name, expected.getInt("stretch"), length)
            val summary = summarize(repeats)
            assertEquals(name, expected.getDouble("low_ms"), summary.lowMs, 1e-9)
            assertEquals(name, expected.getDouble("high_ms"), summary.highMs, 1e-9)
        }
    }

    @Test
    fun nothingCannotBeSummarized() {
        assertThrows(IllegalArgumentException::class.java) { summarize(listOf(emptyList())) }
    }

    private fun repeats(case: JSONObject) =
        case.getJSONArray("repeats").arrays().map { it.doubles() }

    private fun assertWithin(name: String, bounds: JSONArray, value: Double) {
        val (least, most) = bounds.doubles()
        val isWithin = value in least - 1e-9..most + 1e-9
        assertTrue("$name is $value, expected $least to $most", isWithin)
    }
}
