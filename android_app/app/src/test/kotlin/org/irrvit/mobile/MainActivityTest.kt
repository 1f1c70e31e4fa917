package org.irrvit.mobile

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.net.Uri
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
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
    private val pushed = File(application.getExternalFilesDir(null), "models")

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
        shadowOf(application.contentResolver)
            .registerInputStreamSupplier(uri) { application.assets.open("golden/coffee.png") }
        view.picture.performClick()
        val asked = shadowOf(controller.get()).nextStartedActivityForResult
        shadowOf(controller.get()).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(uri))
        await("espresso") { view.bars.contentDescription ?: "" }
        draw(view, "coffee")
    }

    @Test
    fun modelThatIsDamagedIsAMessage() {
        push("damaged", "irrvit_fashion.tflite")
        val view = view(start())
        view.models.setSelection(view.models.count - 1)
        await("is damaged") { view.message.text }
    }

    @Test
    fun modelWithoutItsFileIsAMessage() {
        push("empty", null)
        val view = view(start())
        view.models.setSelection(view.models.count - 1)
        await("cannot be read") { view.message.text }
    }

    @Test
    fun turnedPhoneKeepsItsModel() {
        val controller = start()
        val view = view(controller)
        await("self-check passed") { view.check.text }
        view.models.setSelection(1)
        await("self-check passed") { if (view.models.selectedItemPosition == 1) view.check.text else "" }
        RuntimeEnvironment.setQualifiers("+land")
        controller.recreate()
        val turned = view(controller)
        assertEquals(1, turned.models.selectedItemPosition)
        await("self-check passed") { turned.check.text }
    }

    private fun start(): ActivityController<MainActivity> =
        Robolectric.buildActivity(MainActivity::class.java).setup()

    /** Robolectric has no screen that would make surfaces. */
    private fun startWithScreen() = start().also { it.get().surfaceCreated(view(it).preview.holder) }

    /** For people to look at: build/screens. */
    private fun draw(view: View, name: String) {
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(bitmap))
        val folder = File(System.getProperty("screens")!!).apply { mkdirs() }
        File(folder, "$name.png").outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }

    private fun view(controller: ActivityController<MainActivity>): MainView {
        val content: ViewGroup = controller.get().findViewById(android.R.id.content)!!
        return content.getChildAt(0) as MainView
    }

    /** A folder as adb would leave it; the file, if any, is cut short. */
    private fun push(folder: String, file: String?) {
        val target = File(pushed, folder).apply { mkdirs() }
        val source = "models/1_irrvit_fashion"
        application.assets.open("$source/manifest.json").use { File(target, "manifest.json").writeBytes(it.readBytes()) }
        if (file != null) {
            application.assets.open("$source/$file").use { File(target, file).writeBytes(it.readBytes().copyOf(1000)) }
        }
    }

    private fun await(expected: String, said: () -> CharSequence) {
        val end = System.nanoTime() + 120_000_000_000
        while (expected !in said() && System.nanoTime() < end) {
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(20)
        }
        assertTrue("\"${said()}\" does not say \"$expected\"", expected in said())
    }
}
