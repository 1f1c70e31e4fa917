package irrvit.runtime

import irrvit.core.BadManifest
import irrvit.core.Manifest
import irrvit.core.parseManifest
import java.io.IOException
import java.io.InputStream
import java.security.MessageDigest

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
