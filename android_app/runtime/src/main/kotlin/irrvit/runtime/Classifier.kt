package irrvit.runtime

import irrvit.core.Frame
import irrvit.core.Guess
import irrvit.core.Manifest
import irrvit.core.Placement
import irrvit.core.Preprocessor
import irrvit.core.topK

/** What a picture shows; the two times are of this very picture. */
data class Prediction(val guesses: List<Guess>, val preprocessMs: Double, val inferenceMs: Double)

/** Names what is in a picture. */
interface Classifier : AutoCloseable {
    val labels: List<String>

    /** Who does it: runtime, accelerator, threads. */
    val description: String

    fun classify(frame: Frame): Prediction

    /** All outputs, for checks. */
    fun logits(frame: Frame): FloatArray
}

/** A model file in its runtime. */
class FileClassifier(artifact: Artifact, threads: Int) : Classifier {
    private val preprocessor = Preprocessor(artifact.manifest.input)
    private val pixels = artifact.manifest.input.run { FloatArray(height * width * 3) }

    // Last: if memory runs out before, nothing is open.
    private val runtime =
        openRuntime(runtimeOf(artifact.manifest.target), artifact.content(), threads)

    override val labels = artifact.manifest.labels
    override val description =
        "${runtime.version} · ${place(runtime.placement)} · ${threadsInWords(threads)}"

    override fun classify(frame: Frame): Prediction {
        val start = System.nanoTime()
        prepare(frame)
        val prepared = System.nanoTime()
        val logits = runtime.logits()
        val inferred = System.nanoTime()
        return Prediction(topK(logits, TOP), (prepared - start) / 1e6, (inferred - prepared) / 1e6)
    }

    override fun logits(frame: Frame): FloatArray {
        prepare(frame)
        return runtime.logits()
    }

    override fun close() = runtime.close()

    private fun prepare(frame: Frame) {
        toFloats(preprocessor.preprocess(frame), pixels)
        runtime.set(pixels)
    }
}

/** Golden pictures as a network sees them; `picture` reads one by its name. */
fun goldenPixels(manifest: Manifest, picture: (String) -> Frame): List<FloatArray> {
    val preprocessor = Preprocessor(manifest.input)
    return manifest.golden.map { golden ->
        val pixels = manifest.input.run { FloatArray(height * width * 3) }
        pixels.also { toFloats(preprocessor.preprocess(picture(golden.picture)), it) }
    }
}

/** What the network eats, 0..255, of RGB bytes. */
fun toFloats(bytes: ByteArray, pixels: FloatArray) {
    for (i in pixels.indices) pixels[i] = (bytes[i].toInt() and 0xff).toFloat()
}

private const val TOP = 5

fun threadsInWords(threads: Int) = if (threads == 1) "1 thread" else "$threads threads"

private fun place(placement: Placement): String {
    val total = placement.nodesTotal ?: return placement.accelerator
    val delegated = placement.nodesDelegated
    return "${placement.accelerator}, $delegated of $total operations by XNNPACK"
}
