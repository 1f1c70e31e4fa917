package org.irrvit.mobile

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.view.View
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The framework's own code on this machine's JVM, and real models in a real runtime. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class MainActivityTest {
    private val application = RuntimeEnvironment.getApplication()

    @Test
    fun selfCheckPassesOnTheModelThatIsBuiltIn() {
        val view = view(start())
        await("self-check passed: 6 of 6") { view.check.text }
    }

    @Test
    fun cameraThatIsNotAllowedIsAskedForByAMessage() {
        shadowOf(application).denyPermissions(Manifest.permission.CAMERA)
        val view = view(startWithScreen())
        await("Tap to allow the camera") { view.message.text }
        assertEquals(View.VISIBLE, view.message.visibility)
    }

    @Test
    fun phoneWithoutACameraSaysSo() {
        shadowOf(application).grantPermissions(Manifest.permission.CAMERA)
        val view = view(startWithScreen())
        await("This device has no camera") { view.message.text }
    }

    @Test
    fun coffeeOfTheGalleryIsEspresso() {
        val controller = startWithScreen()
        val view = view(controller)
        await("self-check passed") { view.check.text }
        val uri = Uri.parse("content://gallery/coffee")
        val coffee = "models/pictures/coffee.png"
        shadowOf(application.contentResolver)
            .registerInputStreamSupplier(uri) { application.assets.open(coffee) }
        view.picture.performClick()
        val asked = shadowOf(controller.get()).nextStartedActivityForResult
        val given = Intent().setData(uri)
        shadowOf(controller.get()).receiveResult(asked.intent, Activity.RESULT_OK, given)
        await("espresso") { view.bars.contentDescription ?: "" }
        draw(view, "coffee")
    }

    @Test
    fun modelThatIsDamagedIsAMessage() {
        Pushed("damaged").run {
            write("manifest.json")
            write("irrvit_fashion.tflite") { it.copyOf(1000) }
        }
        val view = view(start())
        view.models.setSelection(view.models.count - 1)
        await("is damaged") { view.message.text }
    }

    @Test
    fun modelWithoutItsFileIsAMessage() {
        Pushed("empty").write("manifest.json")
        val view = view(start())
        view.models.setSelection(view.models.count - 1)
        await("cannot be read") { view.message.text }
    }

    @Test
    fun modelThatIsTooLargeForThisPhoneIsAMessageAndATapLoadsWhatFits() {
        val model = Pushed("large")
        model.write("irrvit_fashion.tflite")
        model.write("manifest.json") {
            it.decodeToString().replace("\"height\": 28", "\"height\": 20000000").toByteArray()
        }
        val view = view(start())
        view.models.setSelection(view.models.count - 1)
        await("too little free memory") { view.message.text }
        model.write("manifest.json")
        view.message.performClick()
        await("self-check passed") { view.check.text }
    }

    @Test
    fun turnedPhoneKeepsItsModel() {
        val controller = start()
        val view = view(controller)
        await("self-check passed") { view.check.text }
        view.models.setSelection(1)
        await("self-check passed") {
            if (view.models.selectedItemPosition == 1) view.check.text else ""
        }
        RuntimeEnvironment.setQualifiers("+land")
        controller.recreate()
        val turned = view(controller)
        assertEquals(1, turned.models.selectedItemPosition)
        await("self-check passed") { turned.check.text }
    }

    private fun start() = start(MainActivity::class.java)

    /** Robolectric has no screen that would make surfaces. */
    private fun startWithScreen() =
        start().also { it.get().camera.surfaceCreated(view(it).preview.holder) }

    private fun view(controller: ActivityController<MainActivity>) =
        controller.get().content() as MainView
}
