package irrvit.core

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class MeasurementTest {
    private val golden = Golden.read("measurement")

    @Test
    fun recordIsTheOneThatPythonReads() {
        val manifest = parseManifest(golden.getJSONObject("manifest").toString())
        val written = JSONObject(measurement(manifest, run(golden.getJSONObject("run"))).toString())
        val expected = golden.getJSONObject("expected")
        for (name in expected.keySet()) {
            assertTrue("$name is ${written.opt(name)}, expected ${expected.get(name)}", expected.similarAt(name, written))
        }
        assertEquals(expected.keySet(), written.keySet())
    }

    private fun JSONObject.similarAt(name: String, other: JSONObject) =
        JSONObject().put("", get(name)).similar(JSONObject().put("", other.opt(name)))

    private fun run(json: JSONObject) = Run(
        runId = json.getString("run_id"),
        device = device(json.getJSONObject("device")),
        config = config(json.getJSONObject("config")),
        runtimeVersion = json.getString("runtime_version"),
        placement = Placement(accelerator = json.getJSONObject("placement").getString("accelerator")),
        goldenCases = json.getJSONObject("golden").getInt("cases"),
        goldenFailures = json.getJSONObject("golden").getJSONArray("failures").map(Any::toString),
        before = state(json.getJSONObject("before")),
        after = state(json.getJSONObject("after")),
        repeats = json.getJSONArray("repeats").objects().map(::repeat),
        peakMemoryBytes = json.getLong("peak_memory_bytes"),
        startedUtc = json.getString("started_utc"),
    )

    private fun device(json: JSONObject) = DeviceInfo(
        json.getString("kind"), json.getString("name"), json.getString("soc"), json.getString("os"),
        json.getLong("ram_bytes"), json.getString("abi"), json.getInt("cores"), json.getBoolean("emulated"),
        json.getString("id_hash"),
    )

    private fun config(json: JSONObject) = RunConfig(
        runtime = json.getString("runtime"),
        accelerator = json.getString("accelerator"),
        threads = json.getInt("threads"),
        iterations = json.getInt("iterations"),
        seconds = json.getDouble("seconds"),
        repeats = json.getInt("repeats"),
        warmupS = json.getDouble("warmup_s"),
        settleS = json.getDouble("settle_s"),
    )

    private fun state(json: JSONObject) = DeviceState(
        atUtc = json.getString("at_utc"),
        load = json.double("load"),
        temperatureC = json.double("temperature_c"),
        batteryPercent = json.double("battery_percent"),
        charging = json.opt("charging") as? Boolean,
        thermalStatus = json.opt("thermal_status") as? String,
    )

    private fun repeat(json: JSONObject): Repeat {
        val blocks = json.getJSONArray("blocks_ms")
        return Repeat(
            json.getDouble("load_ms"), json.getDouble("first_ms"), json.getInt("warmup"),
            List(blocks.length()) { blocks.getJSONArray(it).doubles() }, json.getDouble("own_cpu_ms"),
        )
    }
}

private fun JSONObject.double(name: String): Double? = if (isNull(name)) null else getDouble(name)
