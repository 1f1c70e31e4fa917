package irrvit.runtime

import irrvit.core.Placement

/** A file held by a runtime. `call` is what is timed, and nothing else is. */
interface Runtime : AutoCloseable {
    val version: String
    val placement: Placement

    /** Take pixels (1, H, W, 3), 0..255, in rows. */
    fun set(pixels: FloatArray)

    fun call()

    /** Call once and return the logits (classes). */
    fun logits(): FloatArray
}

/** A runtime or a file that cannot be had, in words for a person. */
class RuntimeFailure(message: String, cause: Throwable? = null) : Exception(message, cause)

/** Nanoseconds of a block of calls, one straight after the other. */
class TimedBlock(val ns: LongArray, val cpuNs: Long, val wallNs: Long)

/** What is timed, for `irrvit-bench` and on the benchmark's screen alike. */
fun timeCalls(runtime: Runtime, calls: Int): TimedBlock {
    val times = LongArray(calls)
    val cpu = cpuNs()
    val start = System.nanoTime()
    for (i in 0 until calls) {
        val begin = System.nanoTime()
        runtime.call()
        times[i] = System.nanoTime() - begin
    }
    val wall = System.nanoTime() - start
    return TimedBlock(times, cpuNs() - cpu, wall)
}

/** A runtime by its name: what it takes to have it at all, and to have it hold a file. */
private class Kind(
    val target: String,
    val version: () -> String,
    val open: (ByteArray, Int) -> Runtime,
)

private val KINDS = mapOf(
    "litert" to Kind("tflite", ::liteRtVersion, ::LiteRt),
    "onnxruntime" to Kind("onnx", ::onnxRuntimeVersion, ::OnnxRuntime),
)

/** The runtime that runs files of this target. */
fun runtimeOf(target: String): String =
    KINDS.entries.find { it.value.target == target }?.key
        ?: throw RuntimeFailure(
            "no runtime here runs \"$target\" files: expected " +
                KINDS.values.joinToString(" or ", transform = Kind::target),
        )

/** Refuse whatever an accelerator is called: this app has none but the CPU. */
fun requireAccelerator(asked: String) {
    if (asked != "cpu") throw RuntimeFailure("runtimes run on cpu here, not on \"$asked\"")
}

/** Have a runtime's native libraries in memory, so that no file has to answer for them. */
fun loadLibraries(name: String): String {
    try {
        return kind(name).version()
    } catch (error: LinkageError) { // They are packed per processor.
        val why = "$name is not part of this build, or not for this processor: $error"
        throw RuntimeFailure(why, error)
    }
}

/**
 * Hold a file's content in a runtime.
 *
 * From memory, never mapped: a mapped file that is replaced in place kills the process.
 */
fun openRuntime(name: String, content: ByteArray, threads: Int): Runtime {
    loadLibraries(name)
    return kind(name).open(content, threads)
}

private fun kind(name: String) = KINDS[name] ?: throw RuntimeFailure(
    "there is no runtime \"$name\": expected ${KINDS.keys.joinToString(" or ")}",
)
