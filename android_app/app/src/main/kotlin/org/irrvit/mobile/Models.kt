package org.irrvit.mobile

import android.content.Context
import irrvit.runtime.Artifact
import irrvit.runtime.BadArtifact
import irrvit.runtime.MODEL_INDEX
import irrvit.runtime.modelNames
import java.io.File
import java.io.IOException
import java.io.InputStream

/** A model that can be picked; one that cannot be used says so when it is. */
class Choice(val name: String, private val read: () -> Artifact) {
    fun artifact(): Artifact = read()

    override fun toString() = name
}

/** What `irrvit.export.app_models` wrote, in the app; and where others are pushed. */
const val MODELS = "models"

/** Where adb puts things that an app may read. */
val PUSHED = File("/data/local/tmp/irrvit")

/** The models that were built in, and those pushed by adb: folders of `irrvit-export`. */
class Models(private val context: Context) {
    fun choices(): List<Choice> {
        val builtIn = builtIn().map { folder ->
            choice(folder) { name -> context.assets.open("$MODELS/$folder/$name") }
        }
        val roots = listOf(File(PUSHED, MODELS), File(context.getExternalFilesDir(null), MODELS))
        val more = roots.flatMap { it.listFiles(File::isDirectory).orEmpty().sorted() }
        val pushed = more.map { folder ->
            choice("${folder.name}, pushed") { File(folder, it).inputStream() }
        }
        return builtIn + pushed
    }

    private fun builtIn(): List<String> = try {
        val index = context.assets.open("$MODELS/$MODEL_INDEX").use { it.readBytes() }
        modelNames(index.decodeToString())
    } catch (error: IOException) {
        emptyList() // A build without any still shows those that were pushed.
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
}
