package irrvit.runtime

import irrvit.core.toJson
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Base64
import org.json.JSONArray
import org.json.JSONObject

/**
 * What is measured: it holds one file in one runtime and does what it is told, by the commands of
 * docs/protocol.md. A relative path is one below `root`.
 */
class BenchmarkWorker(private val root: File) {
    private var runtime: Runtime? = null

    /** Answer every line until there are no more. */
    fun serve(commands: InputStream, answers: OutputStream) {
        val writer = answers.bufferedWriter()
        try {
            commands.bufferedReader().forEachLine { line ->
                writer.write(answer(line).toString() + "\n")
                writer.flush()
            }
        } catch (gone: IOException) {
            // Whoever asked has gone in the middle of it: as good an end as any.
        } finally {
            runtime?.close()
        }
    }

    /** Errors go to whoever asked: this process has nobody else to tell. */
    private fun answer(line: String): JSONObject = try {
        perform(JSONObject(line))
    } catch (error: Exception) {
        JSONObject().put("error", "${error.javaClass.simpleName}: ${error.message}")
    }

    private fun perform(command: JSONObject): JSONObject = when (command.getString("do")) {
        "load" -> load(command)
        "set" -> set(pixels(command))
        "logits" -> logits()
        "time" -> time(command.getInt("calls"))
        "memory" -> JSONObject().put("bytes", peakMemoryBytes())
        else -> throw RuntimeFailure("there is no command \"${command.getString("do")}\"")
    }

    private fun load(command: JSONObject): JSONObject {
        val name = command.getString("runtime")
        val accelerator = command.optString("accelerator", "cpu")
        requireAccelerator(accelerator)
        loadLibraries(name)
        val file = file(command.getString("path"))
        val idle = peakMemoryBytes()
        val start = System.nanoTime()
        val opened = openRuntime(name, file.readBytes(), command.getInt("threads"))
        val loadMs = (System.nanoTime() - start) / 1e6
        runtime?.close()
        runtime = opened
        return JSONObject()
            .put("load_ms", loadMs)
            .put("version", opened.version)
            .put("accelerator", accelerator)
            .put("placement", opened.placement.toJson().apply { remove("accelerator") })
            .put("idle_memory_bytes", idle)
    }

    private fun set(pixels: FloatArray): JSONObject {
        loaded().set(pixels)
        return JSONObject()
    }

    private fun logits(): JSONObject {
        val values = loaded().logits().map(Float::toDouble)
        return JSONObject().put("logits", JSONArray(values))
    }

    private fun time(calls: Int): JSONObject {
        val timed = timeCalls(loaded(), calls)
        return JSONObject()
            .put("ns", JSONArray(timed.ns.toList()))
            .put("cpu_ns", timed.cpuNs)
            .put("wall_ns", timed.wallNs)
    }

    private fun loaded() =
        runtime ?: throw RuntimeFailure("no file is loaded: \"load\" comes first")

    private fun file(path: String) = File(path).let { if (it.isAbsolute) it else File(root, path) }

    private fun pixels(command: JSONObject): FloatArray {
        if (!command.has("base64")) return readNpy(file(command.getString("pixels")).readBytes())
        val content = Base64.getDecoder().decode(command.getString("base64"))
        return floats(ByteBuffer.wrap(content))
    }
}

private fun floats(bytes: ByteBuffer): FloatArray {
    val values = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
    return FloatArray(values.remaining()).also(values::get)
}

/** The values of an .npy file (NumPy's format, version 1.0) of float32 in rows. */
private fun readNpy(content: ByteArray): FloatArray {
    val bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)
    val isNpy = content.size >= 10 && String(content, 1, 5, Charsets.ISO_8859_1) == "NUMPY"
    if (!isNpy || content[6] != 1.toByte()) {
        throw RuntimeFailure("the pixels are no .npy file of version 1.0")
    }
    val headerEnd = 10 + bytes.getShort(8)
    val header = String(content, 10, headerEnd - 10, Charsets.ISO_8859_1)
    if ("'<f4'" !in header || "'fortran_order': False" !in header) {
        throw RuntimeFailure("the pixels are not float32 in rows: $header")
    }
    bytes.position(headerEnd)
    return floats(bytes.slice())
}
