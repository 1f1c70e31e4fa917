package irrvit.core

import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/** The picture a network expects; `resize` and `crop` as in Python's `InputSpec`. */
data class InputSpec(val height: Int, val width: Int, val resize: Int, val interpolation: String)

/**
 * A picture that comes with the app, and what PyTorch says about it: classes, best first.
 *
 * @property scale what decides in the logits; manifests written before say nothing about it.
 */
data class GoldenCase(
    val picture: String,
    val top5: List<Int>,
    val logits: List<Double>,
    val scale: Double?,
)

/**
 * What is known about a model file: `manifest.json` beside it. Nothing else may be read about it.
 *
 * @property maxRel how far a logit may be off on a device, as a share of what decides in them.
 */
data class Manifest(
    val model: String,
    val target: String,
    val precision: String,
    val file: String,
    val sha256: String,
    val sizeBytes: Long,
    val macs: Long,
    val input: InputSpec,
    val labels: List<String>,
    val maxRel: Double,
    val golden: List<GoldenCase>,
)

/** A manifest cannot be used; the message names the field. */
class BadManifest(message: String) : Exception(message)

/** Read a manifest, or throw [BadManifest] with the first field that is missing or wrong. */
fun parseManifest(json: String): Manifest {
    val root = try {
        Field(JSONObject(json), "")
    } catch (error: JSONException) {
        throw BadManifest("manifest.json is not JSON (${error.message}); export the model again")
    }
    root["schema_version"].oneOf("1")
    requireClassifier(root["task"])
    return Manifest(
        model = root["model"].text(),
        target = root["target"].text(),
        precision = root["precision"].oneOf(*PRECISIONS),
        file = root["file"].fileName(),
        sha256 = root["sha256"].hash(),
        sizeBytes = root["size_bytes"].whole(),
        macs = root["macs"].whole(),
        input = inputSpec(root["input"]),
        labels = root["labels"].list().map(Field::text),
        maxRel = root["parity"].list().map { it["tolerance"]["max_rel"].number() }.firstOrNull()
            ?: root["parity"].wrong("a list that is not empty"),
        golden = root["golden"].list().map(::goldenCase),
    )
}

/** Only of a classifier can an app say what a picture shows; older manifests are of no other. */
private fun requireClassifier(task: Field) {
    if (task.isMissing || task.text() == "classification") return
    throw BadManifest(
        "manifest.json: task is ${task.text()}: this app says what a picture shows, " +
            "and takes classifiers only",
    )
}

private val PRECISIONS = arrayOf("fp32", "fp16", "int8", "w8", "w6", "w4")

private fun inputSpec(field: Field): InputSpec {
    field["color"].oneOf("RGB")
    field["crop"].oneOf("center")
    return InputSpec(
        height = field["height"].whole().toInt(),
        width = field["width"].whole().toInt(),
        resize = field["resize"].whole().toInt(),
        interpolation = field["interpolation"].oneOf("nearest", "bilinear", "bicubic", "lanczos"),
    )
}

private fun goldenCase(field: Field): GoldenCase {
    field["picture_sha256"].hash()
    return GoldenCase(
        picture = field["picture"].fileName(),
        top5 = field["top5"].list().map { it.number().toInt() },
        logits = field["logits"].list().map(Field::number),
        scale = field["scale"].unlessMissing(Field::positive),
    )
}

/** A value and the way to it, for the message. */
private class Field(private val value: Any?, private val name: String) {
    operator fun get(key: String): Field {
        if (value !is JSONObject) wrong("an object")
        return Field(value.opt(key), if (name.isEmpty()) key else "$name.$key")
    }

    fun list(): List<Field> {
        if (value !is JSONArray) wrong("a list")
        return List(value.length()) { Field(value.opt(it), "$name.$it") }
    }

    fun text(): String = value as? String ?: wrong("a text")

    fun number(): Double = (value as? Number ?: wrong("a number")).toDouble()

    fun positive(): Double = number().takeIf { it > 0 } ?: wrong("a number above 0")

    fun whole(): Long {
        if (value !is Int && value !is Long || number() <= 0) wrong("a whole number above 0")
        return (value as Number).toLong()
    }

    fun oneOf(vararg allowed: String): String =
        allowed.find { it == value?.toString() } ?: wrong(allowed.joinToString(" or "))

    fun hash(): String = matching(Regex("[0-9a-f]{64}"), "64 hexadecimal digits")

    /** A name in the manifest's own folder: it becomes part of a path. As Python's `FileName`. */
    fun fileName(): String = matching(FILE_NAME, "the name of a file")

    private fun matching(pattern: Regex, expected: String) =
        text().takeIf(pattern::matches) ?: wrong(expected)

    fun <T> unlessMissing(read: (Field) -> T): T? = if (isMissing) null else read(this)

    val isMissing get() = value == null || value == JSONObject.NULL

    fun wrong(expected: String): Nothing {
        val found = if (isMissing) "missing" else value.toString().take(60)
        throw BadManifest(
            "manifest.json: $name is $found, expected $expected; export the model again",
        )
    }
}

private val FILE_NAME = Regex("\\.*[\\p{L}\\p{N}_+-][\\p{L}\\p{N}_.+-]*")
