package org.irrvit.mobile

import android.app.ActivityManager
import android.widget.Button
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.Spinner
import android.widget.TextView
import java.io.File
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The benchmark's screen: a real network in the real runtime is really measured. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class BenchmarkActivityTest {
    /** `tests/android/test_measurement.py` reads the same file by the benchmark's own Python. */
    @Test
    fun measurementIsShownAndWritten() {
        val memory = ActivityManager.MemoryInfo().apply { totalMem = 8L shl 30 }
        shadowOf(RuntimeEnvironment.getApplication().getSystemService(ActivityManager::class.java)).setMemoryInfo(memory)
        val screen = Screen()
        screen.models.setSelection(1)
        screen.measure.performClick()
        await("leave the phone alone for 7 s") { screen.said.text }
        await(" calls") { screen.said.text }
        draw(screen.said, "benchmark")
        val written = File(screen.said.text.lines().single { it.endsWith(".json") })
        val golden = JSONObject(written.readText()).getJSONObject("golden")
        assertEquals("""{"cases":6,"failures":[]}""", golden.toString())
        written.copyTo(File(SEEN, "measurement.json"), overwrite = true)
        assertTrue(screen.measure.isEnabled)
    }

    /** Robolectric has no local sockets: the entry itself has not run, what is said without it has. */
    @Test
    fun entryThatCannotBeHadIsSaid() {
        await("irrvit-bench cannot reach this phone: socket not created") { Screen().said.text }
    }

    @Test
    fun modelThatIsDamagedIsAMessageAndTheNextCanBeMeasured() {
        Pushed("damaged").run {
            write("manifest.json")
            write("irrvit_fashion.tflite") { it.copyOf(1000) }
        }
        val screen = Screen()
        screen.models.setSelection(screen.models.count - 1)
        screen.measure.performClick()
        await("is damaged") { screen.said.text }
        assertTrue(screen.measure.isEnabled)
    }

    private class Screen {
        private val column = (start(BenchmarkActivity::class.java).get().content() as ScrollView).getChildAt(0) as LinearLayout
        val models = column.getChildAt(0) as Spinner
        val measure = column.getChildAt(1) as Button
        val said = column.getChildAt(2) as TextView
    }
}
