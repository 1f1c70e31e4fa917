package org.irrvit.mobile

import android.content.Context
import irrvit.runtime.Artifact
import irrvit.runtime.BadArtifact
import java.io.File
import java.io.InputStream

/** A model that can be picked; one that cannot be used says so when it is. */
class Choice(val name: String, private val read: () -> Artifact) {
    fun artifact(): Artifact = read()

    override fun toString() = name
}

/** Where adb puts things that an app may read. */
val PUSHED = File("/data/local/tmp/irrvit")

/** The models that were built in, and those pushed by adb: folders of `irrvit-export`. */
class Models(private val context: Context) {
    fun choices(): List<Choice> {
        // Robolectric lists what is in folders of folders, too.
        val names = context.assets.list(FOLDER).orEmpty()
        val folders = names.map { it.substringBefore('/') }.distinct()
        val builtIn = folders.map { folder ->
            choice(folder) { name -> context.assets.open("$FOLDER/$folder/$name") }
        }
        val roots = listOf(File(PUSHED, FOLDER), File(context.getExternalFilesDir(null), FOLDER))
        val more = roots.flatMap { it.listFiles(File::isDirectory).orEmpty().sorted() }
        val pushed = more.map { folder ->
            choice("${folder.name}, pushed") { File(folder, it).inputStream() }
        }
        return builtIn + pushed
    }

    private fun choice(folder: String, open: (String) -> InputStream): Choice {
        // Its own name if its manifest can be read, else that of its folder.
        val name = try {
            Artifact.read(open).name
        } catch (error: BadArtifact) {
            folder
        }
        return Choice(name) { Artifact.read(open) }
    }

    private companion object {
        const val FOLDER = "models"
    }
}
