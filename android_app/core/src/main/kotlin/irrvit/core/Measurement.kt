package irrvit.core

import org.json.JSONArray
import org.json.JSONObject

// The record of a benchmark as Python reads it (`irrvit.benchmark.measurement`): every latency in
// its order, no averages; null where a phone does not say.

const val SCHEMA = 1

data class DeviceInfo(
    val kind: String,
    val name: String,
    val soc: String,
    val os: String,
    val ramBytes: Long,
    val abi: String,
    val cores: Int,
    val emulated: Boolean,
    val idHash: String,
)

data class RunConfig(
    val runtime: String,
    val threads: Int,
    val iterations: Int = 50,
    val seconds: Double = 1.0,
    val repeats: Int = 8,
    val warmupS: Double = 2.0,
    val accelerator: String = "cpu",
    val settleS: Double = 0.0,
    val timeoutS: Double = 120.0,
    val seed: Int = 0,
)

/** Who ran the network's operations; null where the runtime does not say. */
data class Placement(
    val nodesTotal: Int? = null,
    val nodesDelegated: Int? = null,
    val partitions: Int? = null,
    val accelerator: String = "cpu",
)

data class DeviceState(
    val atUtc: String,
    val load: Double? = null,
    val temperatureC: Double? = null,
    val frequencyMhz: Double? = null,
    val batteryPercent: Double? = null,
    val charging: Boolean? = null,
    val thermalStatus: String? = null,
)

/**
 * One whole run, from loading the file.
 *
 * @property callsPerValue of how many calls each latency is the mean; 1 where each is known.
 */
data class Repeat(
    val loadMs: Double,
    val firstMs: Double,
    val warmup: Int,
    val blocksMs: List<List<Double>>,
    val callsPerValue: Int = 1,
    val ownCpuMs: Double?,
)

/**
 * What is known of a run besides its artifact.
 *
 * @property sharesProcess whether all repeats ran in one process, one after another.
 */
data class Run(
    val runId: String,
    val device: DeviceInfo,
    val config: RunConfig,
    val runtimeVersion: String,
    val placement: Placement,
    val goldenCases: Int,
    val goldenFailures: List<String>,
    val before: DeviceState,
    val after: DeviceState,
    val repeats: List<Repeat>,
    val startedUtc: String,
    val sharesProcess: Boolean = false,
    val backgroundCores: Double? = null,
    val peakMemoryBytes: Long? = null,
    val idleMemoryBytes: Long? = null,
    val peakGmacs: Double? = null,
    val interrupted: Boolean = false,
)

/** One artifact on one device, ready to be written. */
fun measurement(manifest: Manifest, run: Run): JSONObject = record(
    "schema_version" to SCHEMA,
    "run_id" to run.runId,
    "artifact_sha256" to manifest.sha256,
    "target" to manifest.target,
    "variant" to manifest.model,
    "precision" to manifest.precision,
    "size_bytes" to manifest.sizeBytes,
    "macs" to manifest.macs,
    "device" to run.device.toJson(),
    "config" to run.config.toJson(),
    "runtime_version" to run.runtimeVersion,
    "placement" to run.placement.toJson(),
    "golden" to record("cases" to run.goldenCases, "failures" to JSONArray(run.goldenFailures)),
    "before" to run.before.toJson(),
    "after" to run.after.toJson(),
    "background_cores" to run.backgroundCores,
    "repeats" to JSONArray(run.repeats.map(Repeat::toJson)),
    "repeats_share_process" to run.sharesProcess,
    "peak_memory_bytes" to run.peakMemoryBytes,
    "idle_memory_bytes" to run.idleMemoryBytes,
    "peak_gmacs" to run.peakGmacs,
    "interrupted" to run.interrupted,
    "started_utc" to run.startedUtc,
)

/** The fields of a placement in the answer of a worker, and in a measurement. */
fun Placement.toJson() = record(
    "accelerator" to accelerator,
    "nodes_total" to nodesTotal,
    "nodes_delegated" to nodesDelegated,
    "partitions" to partitions,
)

private fun DeviceInfo.toJson() = record(
    "kind" to kind,
    "name" to name,
    "soc" to soc,
    "os" to os,
    "ram_bytes" to ramBytes,
    "abi" to abi,
    "cores" to cores,
    "emulated" to emulated,
    "id_hash" to idHash,
)

private fun RunConfig.toJson() = record(
    "runtime" to runtime,
    "accelerator" to accelerator,
    "threads" to threads,
    "iterations" to iterations,
    "seconds" to seconds,
    "repeats" to repeats,
    "warmup_s" to warmupS,
    "settle_s" to settleS,
    "timeout_s" to timeoutS,
    "seed" to seed,
)

private fun DeviceState.toJson() = record(
    "load" to load,
    "temperature_c" to temperatureC,
    "frequency_mhz" to frequencyMhz,
    "battery_percent" to batteryPercent,
    "charging" to charging,
    "thermal_status" to thermalStatus,
    "at_utc" to atUtc,
)

private fun Repeat.toJson() = record(
    "load_ms" to loadMs,
    "first_ms" to firstMs,
    "warmup" to warmup,
    "blocks_ms" to JSONArray(blocksMs.map { JSONArray(it) }),
    "calls_per_value" to callsPerValue,
    "own_cpu_ms" to ownCpuMs,
)

private fun record(vararg fields: Pair<String, Any?>) = JSONObject().apply {
    for ((name, value) in fields) put(name, value ?: JSONObject.NULL)
}
