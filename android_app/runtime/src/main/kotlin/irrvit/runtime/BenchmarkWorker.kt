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
 * What is measured: it holds one file in one runtime and does what it is told.
 *
 *     {"do": "load", "runtime": "litert", "path": "net.tflite", "threads": 1}
 *     {"do": "set", "pixels": "picture.npy"}      {"do": "time", "calls": 50}
 *     {"do": "logits"}                            {"do": "memory"}
 *
 * One line of JSON in, one out: the commands and answers of `benchmark/worker/process.py`. Here pixels may
 * also come along, `{"do": "set", "base64": "..."}`: float32, little-endian. A relative path is one
 * below `root`.
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

    private fun perform(command: JSONObject): JSONObject = when (val name = command.getString("do")) {
        "load" -> load(command)
        "set" -> set(pixels(command))
        "logits" -> JSONObject().put("logits", JSONArray(loaded().logits().map(Float::toDouble)))
        "time" -> time(command.getInt("calls"))
        "memory" -> JSONObject().put("bytes", peakMemoryBytes())
        else -> throw RuntimeFault("there is no command \"$name\"")
    }

    private fun load(command: JSONObject): JSONObject {
        val name = command.getString("runtime")
        val accelerator = command.optString("accelerator", "cpu")
        if (accelerator != "cpu") throw RuntimeFault("$name runs on the cpu only here, not on \"$accelerator\"")
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

    private fun time(calls: Int): JSONObject {
        val runtime = loaded()
        val times = LongArray(calls)
        val cpu = cpuNs()
        val start = System.nanoTime()
        for (i in 0 until calls) {
            val begin = System.nanoTime()
            runtime.call()
            times[i] = System.nanoTime() - begin
        }
        val wall = System.nanoTime() - start
        return JSONObject().put("ns", JSONArray(times.toList())).put("cpu_ns", cpuNs() - cpu).put("wall_ns", wall)
    }

    private fun loaded() = runtime ?: throw RuntimeFault("no file is loaded: \"load\" comes first")

    private fun file(path: String) = File(path).let { if (it.isAbsolute) it else File(root, path) }

    private fun pixels(command: JSONObject): FloatArray =
        if (command.has("base64")) floats(ByteBuffer.wrap(Base64.getDecoder().decode(command.getString("base64"))))
        else readNpy(file(command.getString("pixels")).readBytes())
}

private fun floats(bytes: ByteBuffer): FloatArray {
    val values = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
    return FloatArray(values.remaining()).also(values::get)
}

/** The values of an .npy file (NumPy's format, version 1.0) of float32 in rows. */
private fun readNpy(content: ByteArray): FloatArray {
    val bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)
    if (content.size < 10 || String(content, 1, 5, Charsets.ISO_8859_1) != "NUMPY" || content[6] != 1.toByte()) {
        throw RuntimeFault("the pixels are no .npy file of version 1.0")
    }
    val headerEnd = 10 + bytes.getShort(8)
    val header = String(content, 10, headerEnd - 10, Charsets.ISO_8859_1)
    if ("'<f4'" !in header || "'fortran_order': False" !in header) {
        throw RuntimeFault("the pixels are not float32 in rows: $header")
    }
    bytes.position(headerEnd)
    return floats(bytes.slice())
}
