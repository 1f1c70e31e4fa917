package irrvit.runtime

import java.io.File

/** Who ran the network's operations; null where the runtime does not say. */
data class Placement(
    val nodesTotal: Int? = null,
    val nodesDelegated: Int? = null,
    val partitions: Int? = null,
)

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
class RuntimeFault(message: String, cause: Throwable? = null) : Exception(message, cause)

private val OPENERS: Map<String, (ByteArray, Int) -> Runtime> =
    mapOf("litert" to ::LiteRt, "onnxruntime" to ::OnnxRuntime)
private val SUFFIXES = mapOf("tflite" to "litert", "onnx" to "onnxruntime")

/** The runtime that runs files of this name, or null. */
fun runtimeOf(fileName: String): String? = SUFFIXES[fileName.substringAfterLast('.')]

/**
 * Hold a file's content in a runtime.
 *
 * From memory, never mapped: a mapped file that is replaced in place kills the process.
 */
fun openRuntime(name: String, content: ByteArray, threads: Int): Runtime {
    val open = OPENERS[name]
        ?: throw RuntimeFault("there is no runtime \"$name\": expected one of ${OPENERS.keys}")
    try {
        return open(content, threads)
    } catch (error: LinkageError) { // Native libraries are packed per processor.
        throw RuntimeFault("$name is not part of this build, or not for this processor: $error", error)
    }
}

/** As above, from a file. */
fun openRuntime(name: String, file: File, threads: Int): Runtime {
    if (!file.canRead()) throw RuntimeFault("there is no file ${file.path} that can be read")
    return openRuntime(name, file.readBytes(), threads)
}
