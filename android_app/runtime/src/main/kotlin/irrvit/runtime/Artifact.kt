package irrvit.runtime

import irrvit.core.BadManifest
import irrvit.core.Manifest
import irrvit.core.parseManifest
import java.io.IOException
import java.io.InputStream
import java.security.MessageDigest
import org.json.JSONObject

/** A model file cannot be used, in words for a person. */
class BadArtifact(message: String) : Exception(message)

/** A model file and its manifest, in a folder that `open` reads files of. */
class Artifact private constructor(
    val manifest: Manifest,
    private val open: (String) -> InputStream,
) {
    val name get() = "${manifest.model} ${manifest.precision} (${manifest.target})"

    /** The file, after a look at whether it is the one that was checked. */
    fun content(): ByteArray {
        val content = read(manifest.file, open)
        val found = MessageDigest.getInstance("SHA-256").digest(content)
            .joinToString("") { "%02x".format(it) }
        if (found != manifest.sha256) {
            throw BadArtifact(
                "${manifest.file} is damaged: it is not the file its manifest describes; " +
                    "copy it again",
            )
        }
        return content
    }

    companion object {
        /** Read the manifest of a folder. */
        fun read(open: (String) -> InputStream): Artifact = try {
            Artifact(parseManifest(read("manifest.json", open).decodeToString()), open)
        } catch (error: BadManifest) {
            throw BadArtifact(error.message.orEmpty())
        }

        private fun read(name: String, open: (String) -> InputStream): ByteArray = try {
            open(name).use { it.readBytes() }
        } catch (error: IOException) {
            val why = "$name cannot be read (${error.message})"
            throw BadArtifact("$why; copy the model's folder again")
        }
    }
}

/** Names the folders of the models that an app is built with; see `irrvit.export.app_models`. */
const val MODEL_INDEX = "models.json"

/** The folders that the index names, the first to be shown first. */
fun modelNames(index: String): List<String> {
    val names = JSONObject(index).getJSONArray("models")
    return List(names.length(), names::getString)
}

/** Where a golden picture lies beside them: without loss, since phones decode JPEG differently. */
fun pictureFile(name: String) = "pictures/${name.substringBeforeLast('.')}.png"
