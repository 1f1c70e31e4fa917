package org.irrvit.mobile

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import java.io.File
import org.junit.Assert.assertTrue
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** What tests leave behind, for people and for the tests in Python: build/seen. */
internal val SEEN = File(System.getProperty("seen")!!)

/** The network that answers fastest, as it is built in. */
internal const val FASHION = "models/irrvit_fashion-tflite-fp32"

internal fun <T : Activity> start(activity: Class<T>): ActivityController<T> =
    Robolectric.buildActivity(activity).setup()

internal fun Activity.content(): View =
    findViewById<ViewGroup>(android.R.id.content)!!.getChildAt(0)

/** The whole screen that a view is on, for people to look at. */
internal fun draw(part: View, name: String) {
    val view = part.rootView
    val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
    view.draw(Canvas(bitmap))
    SEEN.mkdirs()
    File(SEEN, "$name.png").outputStream().use {
        bitmap.compress(Bitmap.CompressFormat.PNG, 100, it)
    }
}

internal fun await(expected: String, said: () -> CharSequence) {
    val end = System.nanoTime() + 60_000_000_000
    while (expected !in said() && System.nanoTime() < end) {
        shadowOf(Looper.getMainLooper()).idle()
        Thread.sleep(20)
    }
    assertTrue("\"${said()}\" does not say \"$expected\"", expected in said())
}

/** A folder as adb would leave it where models are looked for. */
internal class Pushed(name: String) {
    private val folder =
        File(RuntimeEnvironment.getApplication().getExternalFilesDir(null), "models/$name")

    fun write(name: String, change: (ByteArray) -> ByteArray = { it }) {
        folder.mkdirs()
        RuntimeEnvironment.getApplication().assets.open("$FASHION/$name").use {
            File(folder, name).writeBytes(change(it.readBytes()))
        }
    }
}
