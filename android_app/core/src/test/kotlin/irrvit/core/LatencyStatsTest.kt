package irrvit.core

import org.json.JSONArray
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class LatencyStatsTest {
    @Test
    fun figuresAreThoseOfPython() {
        for (case in Golden.cases("latency_stats")) {
            val repeats = case.getJSONArray("repeats").let { all -> List(all.length()) { all.getJSONArray(it).doubles() } }
            val summary = summarize(repeats)
            val expected = case.getJSONObject("expected")
            val name = case.getString("name")
            val figures = mapOf(
                "n" to summary.n.toDouble(), "min_ms" to summary.minMs, "p50_ms" to summary.p50Ms,
                "p90_ms" to summary.p90Ms, "p99_ms" to summary.p99Ms, "mean_ms" to summary.meanMs,
                "stdev_ms" to summary.stdevMs,
            )
            for ((figure, value) in figures) assertEquals("$name: $figure", expected.getDouble(figure), value, 1e-9)
            assertWithin("$name: low_ms", expected.getJSONArray("low_ms"), summary.lowMs)
            assertWithin("$name: high_ms", expected.getJSONArray("high_ms"), summary.highMs)
        }
    }

    @Test
    fun nothingCannotBeSummarized() {
        assertThrows(IllegalArgumentException::class.java) { summarize(listOf(emptyList())) }
    }

    private fun assertWithin(name: String, bounds: JSONArray, value: Double) {
        val (least, most) = bounds.doubles()
        assertTrue("$name is $value, expected $least to $most", value in least - 1e-9..most + 1e-9)
    }
}
