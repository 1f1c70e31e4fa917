package org.irrvit.mobile

import android.media.ImageReader
import irrvit.core.Frame
import irrvit.core.GoldenAgreement
import irrvit.runtime.Artifact
import irrvit.runtime.Classifier
import irrvit.runtime.FileClassifier
import irrvit.runtime.selfCheck

/** Threads that do not get in the way of the camera's and the screen's. */
val THREADS = (Runtime.getRuntime().availableProcessors() / 2).coerceIn(1, 4)

/**
 * The model in use. All of it runs on one background thread; `show` is told what there is to see.
 */
class Engine(
    private val show: (UiState) -> Unit,
    private val open: (Artifact) -> Classifier = { FileClassifier(it, THREADS) },
) {
    private val reader = FrameReader()
    private var classifier: Classifier? = null

    /** Load a model and check it; what is wrong is shown and null comes back: there is no model. */
    fun use(choice: Choice, pictures: Pictures): GoldenAgreement? {
        close()
        show(UiState.Loading("Loading ${choice.name}"))
        val check = guarded(Action.RELOAD) {
            val artifact = choice.artifact()
            val opened = open(artifact).also { classifier = it }
            show(UiState.Loading("Checking ${choice.name}"))
            selfCheck(artifact.manifest, opened, pictures::golden)
        }
        if (check == null) close()
        return check
    }

    fun classify(images: ImageReader, rotation: Int) {
        guarded(Action.RETRY) { reader.read(images, rotation)?.let { classify(it, "Camera") } }
    }

    fun classifyPicture(read: () -> Frame) {
        guarded(Action.RETRY) { classify(read(), "Picture (tap the middle for the camera)") }
    }

    fun close() {
        classifier?.close()
        classifier = null
    }

    private fun classify(frame: Frame, source: String) {
        val classifier = classifier ?: return
        val prediction = classifier.classify(frame)
        show(UiState.Running(prediction, classifier.labels, classifier.description, source))
    }

    /** Whatever goes wrong with a model or a picture is a message and no crash. */
    private fun <T> guarded(action: Action, work: () -> T): T? = try {
        work()
    } catch (error: Throwable) {
        show(UiState.Failed(failureText(error), action))
        null
    }
}
