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
        val application = RuntimeEnvironment.getApplication()
        shadowOf(application.getSystemService(ActivityManager::class.java)).setMemoryInfo(memory)
        val screen = Screen()
        screen.models.setSelection(1)
        screen.measure.performClick()
        await("repeat 2 of 8. Leave the phone alone") { screen.said.text }
        await("done: 8 of 8 repeats") { screen.said.text }
        draw(screen.said, "benchmark")
        val golden = JSONObject(screen.written.readText()).getJSONObject("golden")
        assertEquals("""{"cases":6,"failures":[]}""", golden.toString())
        screen.written.copyTo(File(SEEN, "measurement.json"), overwrite = true)
        assertTrue(screen.measure.isEnabled)
    }

    @Test
    fun whatWasMeasuredUntilAStopIsKept() {
        val screen = Screen()
        screen.models.setSelection(1)
        screen.measure.performClick()
        await("repeat 2 of 8") { screen.said.text }
        screen.stop.performClick()
        await("stopped: 2 of 8 repeats") { screen.said.text }
        assertTrue(JSONObject(screen.written.readText()).getBoolean("interrupted"))
        assertTrue(screen.measure.isEnabled)
    }

    @Test
    fun appThatGoesToTheBackgroundMeasuresNoLonger() {
        val screen = Screen()
        screen.models.setSelection(1)
        screen.measure.performClick()
        await("repeat 1 of 8") { screen.said.text }
        screen.leave()
        await("stopped: the app went to the background: 1 of 8 repeats") { screen.said.text }
    }

    /** Robolectric has no local sockets: the entry has not run, what is said without it has. */
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
        private val controller = start(BenchmarkActivity::class.java)
        private val scrolled = controller.get().content() as ScrollView
        private val column = scrolled.getChildAt(0) as LinearLayout
        val models = column.getChildAt(0) as Spinner
        val measure = column.getChildAt(1) as Button
        val stop = column.getChildAt(2) as Button
        val said = column.getChildAt(3) as TextView

        /** The file that it says it has written. */
        val written get() = File(said.text.lines().single { it.endsWith(".json") })

        fun leave() {
            controller.pause().stop()
        }
    }
}
