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
        val cases = golden.getJSONArray("cases").objects()
        assert(cases.isNotEmpty())
        for (case in cases) {
            val record = measurement(manifest, run(case.getJSONObject("run")))
            val written = JSONObject(record.toString())
            val expected = case.getJSONObject("expected")
            for (name in expected.keySet()) {
                val text = "$name is ${written.opt(name)}, expected ${expected.get(name)}"
                assertTrue(text, expected.similarAt(name, written))
            }
            assertEquals(expected.keySet(), written.keySet())
        }
    }

    private fun JSONObject.similarAt(name: String, other: JSONObject) =
        JSONObject().put("", get(name)).similar(JSONObject().put("", other.opt(name)))

    private fun run(json: JSONObject) = Run(
        runId = json.getString("run_id"),
        device = device(json.getJSONObject("device")),
        config = config(json.getJSONObject("config")),
        runtimeVersion = json.getString("runtime_version"),
        placement = placement(json.getJSONObject("placement")),
        goldenCases = json.getJSONObject("golden").getInt("cases"),
        goldenFailures = json.getJSONObject("golden").getJSONArray("failures").strings(),
        before = state(json.getJSONObject("before")),
        after = state(json.getJSONObject("after")),
        repeats = json.getJSONArray("repeats").objects().map(::repeat),
        sharesProcess = json.getBoolean("repeats_share_process"),
        startedUtc = json.getString("started_utc"),
        backgroundCores = json.double("background_cores"),
        peakMemoryBytes = json.double("peak_memory_bytes")?.toLong(),
        idleMemoryBytes = json.double("idle_memory_bytes")?.toLong(),
        peakGmacs = json.double("peak_gmacs"),
        interrupted = json.getBoolean("interrupted"),
    )

    private fun device(json: JSONObject) = DeviceInfo(
        kind = json.getString("kind"),
        name = json.getString("name"),
        soc = json.getString("soc"),
        os = json.getString("os"),
        ramBytes = json.getLong("ram_bytes"),
        abi = json.getString("abi"),
        cores = json.getInt("cores"),
        emulated = json.getBoolean("emulated"),
        idHash = json.getString("id_hash"),
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
        timeoutS = json.getDouble("timeout_s"),
        seed = json.getInt("seed"),
    )

    private fun placement(json: JSONObject) = Placement(
        accelerator = json.getString("accelerator"),
        nodesTotal = json.double("nodes_total")?.toInt(),
        nodesDelegated = json.double("nodes_delegated")?.toInt(),
        partitions = json.double("partitions")?.toInt(),
    )

    private fun state(json: JSONObject) = DeviceState(
        atUtc = json.getString("at_utc"),
        load = json.double("load"),
        temperatureC = json.double("temperature_c"),
        frequencyMhz = json.double("frequency_mhz"),
        batteryPercent = json.double("battery_percent"),
        charging = json.opt("charging") as? Boolean,
        thermalStatus = json.opt("thermal_status") as? String,
    )

    private fun repeat(json: JSONObject) = Repeat(
        loadMs = json.getDouble("load_ms"),
        firstMs = json.getDouble("first_ms"),
        warmup = json.getInt("warmup"),
        blocksMs = json.getJSONArray("blocks_ms").arrays().map { it.doubles() },
        callsPerValue = json.getInt("calls_per_value"),
        ownCpuMs = json.double("own_cpu_ms"),
    )
}

private fun JSONObject.double(name: String): Double? = if (isNull(name)) null else getDouble(name)
