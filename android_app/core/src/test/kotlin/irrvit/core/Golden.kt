package irrvit.core

import java.io.File
import java.security.MessageDigest
import org.json.JSONArray
import org.json.JSONObject

/** The cases that Python wrote for every app (`tests/golden/`). */
internal object Golden {
    private val folder = File(System.getProperty("golden") ?: "../../tests/golden")

    fun read(name: String) = JSONObject(File(folder, "$name.json").readText())

    fun cases(name: String): List<JSONObject> = read(name).getJSONArray("cases").objects()

    /** The RGBA bytes of a binary PPM. */
    fun picture(name: String): ByteArray {
        val content = File(folder, name).readBytes()
        val start = String(content, 0, 20, Charsets.ISO_8859_1)
        val header = Regex("P6\n\\d+ \\d+\n255\n").find(start)!!.value
        return ByteArray((content.size - header.length) / 3 * 4) {
            if (it % 4 == 3) -1 else content[header.length + it / 4 * 3 + it % 4]
        }
    }

    fun noise(count: Int, seed: Int): ByteArray {
        var state = seed
        return ByteArray(count) {
            state = state * 1664525 + 1013904223
            (state ushr 24).toByte()
        }
    }

    fun spec(name: String): InputSpec =
        spec(read("preprocess").getJSONObject("specs").getJSONObject(name))

    fun spec(json: JSONObject) = json.run {
        InputSpec(getInt("height"), getInt("width"), getInt("resize"), getString("interpolation"))
    }

    fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes)
        .joinToString("") { "%02x".format(it) }
}

internal fun JSONArray.objects() = List(length()) { getJSONObject(it) }

internal fun JSONArray.arrays() = List(length()) { getJSONArray(it) }

internal fun JSONArray.strings() = List(length()) { getString(it) }

internal fun JSONArray.doubles() = List(length()) {
    val value = get(it)
    if (value is String) value.toDouble() else getDouble(it)
}

internal fun JSONArray.floats() = doubles().map(Double::toFloat).toFloatArray()
