package irrvit.core

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test

class ProtocolTest {
    private val golden = Golden.read("protocol")

    @Test
    fun mediansAreThoseOfPython() = each("median") { case, _ ->
        val found = median(case.getJSONArray("values").doubles())
        assertEquals(case.getDouble("expected"), found, 0.0)
    }

    @Test
    fun blocksAreAsLongAsPythons() = each("block") { case, name ->
        assertEquals(name, case.getInt("calls"), callsOfBlock(case.getDouble("call_ms")))
    }

    @Test
    fun blocksOfTheWarmUpAreAsLongAsPythons() = each("warmup") { case, name ->
        assertEquals(name, case.getInt("calls"), callsOfWarmup(case.getDouble("call_ms")))
    }

    @Test
    fun blocksAreStationaryWhenPythonSaysSo() = each("stationary") { case, name ->
        assertEquals(name, case.getBoolean("expected"), isStationary(blocks(case)))
    }

    @Test
    fun repeatHasEnoughWhenPythonSaysSo() = each("enough") { case, name ->
        val timed = blocks(case).map { Block(it, case.getInt("calls_per_value")) }
        assertEquals(name, case.getBoolean("expected"), isEnough(timed, config(case)))
    }

    @Test
    fun wholeRepeatIsThatOfPython() = each("repeats") { case, name ->
        val timer = Played(case)
        val repeat = timeRepeat(timer, config(case.getJSONObject("config")))
        val asked = case.getJSONArray("asked").doubles().map(Double::toInt)
        assertEquals(name, asked, timer.asked)
        assertEquals(name, case.getDouble("first_ms"), repeat.firstMs, 0.0)
        assertEquals(name, case.getInt("warmup"), repeat.warmup)
        val sizes = case.getJSONArray("blocks").doubles().map(Double::toInt)
        assertEquals(name, sizes, repeat.blocks.map { it.latenciesMs.size })
        val totalMs = repeat.blocks.sumOf { it.latenciesMs.sum() }
        assertEquals(name, case.getDouble("total_ms"), totalMs, 0.0)
    }

    /** Blocks of five calls, of which six take 0.7 s: they still get quicker then. */
    @Test
    fun warmUpEndsWithTheBlockInWhichItsTimePasses() {
        for ((seconds, values) in listOf(0.1 to 5, 0.2 to 10, 0.6 to 30)) {
            assertEquals(values, timeRepeat(Played(slow()), CONFIG.copy(warmupS = seconds)).warmup)
        }
    }

    @Test
    fun repeatThatIsStoppedKeepsItsBlocksAndHasOneAtLeast() {
        val config = CONFIG.copy(warmupS = 0.0)
        assertEquals(1, timeRepeat(Played(slow(), stopAfter = 0), config).blocks.size)
        assertEquals(3, timeRepeat(Played(slow(), stopAfter = 7), config).blocks.size)
    }

    private fun slow() =
        golden.getJSONArray("repeats").objects().first { it.getDouble("start_ms") == 24.0 }

    private fun each(part: String, check: (JSONObject, String) -> Unit) {
        val cases = golden.getJSONArray(part).objects()
        assert(cases.isNotEmpty())
        for (case in cases) check(case, case.optString("name", case.toString()))
    }

    private fun blocks(case: JSONObject) = case.getJSONArray("blocks").arrays().map { it.doubles() }

    private fun config(json: JSONObject) = CONFIG.copy(
        iterations = json.getInt("iterations"),
        seconds = json.getDouble("seconds"),
        warmupS = json.optDouble("warmup_s", 0.0),
    )

    private companion object {
        val CONFIG = RunConfig("", 1, iterations = 50, seconds = 1.0, repeats = 1, warmupS = 0.0)
    }
}

/** A device whose calls take as long as a golden case says, on a clock of its own. */
private class Played(case: JSONObject, private val stopAfter: Int = Int.MAX_VALUE) : Timer {
    private val startMs = case.getDouble("start_ms")
    private val stepMs = case.getDouble("step_ms")
    private val floorMs = case.getDouble("floor_ms")
    private var done = 0
    private var passedMs = 0.0
    val asked = mutableListOf<Int>()

    override fun time(calls: Int): Block {
        asked += calls
        val latencies = List(calls) { maxOf(floorMs, startMs - done++ * stepMs) }
        passedMs += latencies.sum()
        return Block(latencies)
    }

    override fun now() = passedMs

    override fun isStopped() = asked.size >= stopAfter
}
