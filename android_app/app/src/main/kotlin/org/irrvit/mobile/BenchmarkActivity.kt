package org.irrvit.mobile

import android.app.Activity
import android.graphics.Color
import android.os.Bundle
import android.view.WindowManager
import android.widget.ArrayAdapter
import android.widget.Button
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.Spinner
import android.widget.TextView
import irrvit.core.Run
import irrvit.core.measurement
import irrvit.core.summarize
import irrvit.runtime.Artifact
import irrvit.runtime.Progress
import irrvit.runtime.threadsInWords
import java.io.File
import java.io.IOException
import kotlin.concurrent.thread
import org.json.JSONObject

/** Measures a model on this phone; meanwhile `irrvit-bench` may do so from outside. */
class BenchmarkActivity : Activity() {
    private val models by lazy { Spinner(this) }
    private val start by lazy { Button(this).apply { text = "Measure" } }
    private val stop by lazy { Button(this).apply { text = "Stop" } }
    private val said by lazy { TextView(this).apply { setTextColor(Color.WHITE) } }
    private var server: BenchmarkServer? = null
    private var running: Running? = null

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        val layout = android.R.layout.simple_spinner_dropdown_item
        models.adapter = ArrayAdapter(this, layout, Models(this).choices())
        start.setOnClickListener { (models.selectedItem as? Choice)?.let(::measure) }
        stop.setOnClickListener { running?.stop("stopped") }
        stop.isEnabled = false
        val column = LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            fitsSystemWindows = true
            listOf(models, start, stop, said).forEach(::addView)
        }
        setContentView(ScrollView(this).apply { addView(column) })
        server = try {
            say("irrvit-bench can reach this phone")
            BenchmarkServer(PUSHED)
        } catch (error: IOException) {
            say("irrvit-bench cannot reach this phone: ${error.message}")
            null
        }
    }

    /** An app that nobody sees is slowed down by Android, so that ends a measurement. */
    override fun onStop() {
        super.onStop()
        running?.stop("stopped: the app went to the background")
    }

    override fun onDestroy() {
        super.onDestroy()
        server?.close()
    }

    private fun measure(choice: Choice) {
        val progress = Running(choice.name).also { running = it }
        start.isEnabled = false
        stop.isEnabled = true
        thread(name = "measure") {
            val result = try {
                report(choice.artifact(), progress)
            } catch (error: Throwable) {
                failureText(error)
            }
            runOnUiThread {
                say(result)
                start.isEnabled = true
                stop.isEnabled = false
                running = null
            }
        }
    }

    /** The run that is under way, as it is told and stopped. */
    private inner class Running(private val name: String) : Progress {
        @Volatile var why: String? = null
            private set

        override val isStopped get() = why != null

        override fun notify(stage: String) = runOnUiThread {
            say("Measuring $name: $stage. Leave the phone alone meanwhile.")
        }

        fun stop(reason: String) {
            if (why == null) why = reason
        }
    }

    private fun report(artifact: Artifact, progress: Running): String {
        val run = measureHere(this, artifact, progress)
        val file = write(measurement(artifact.manifest, run), run.runId)
        val where = "${run.placement.accelerator}, ${threadsInWords(run.config.threads)}"
        return listOf(
            "${artifact.name}, ${run.runtimeVersion}, $where",
            figures(run),
            "${progress.why ?: "done"}: ${run.repeats.size} of ${run.config.repeats} repeats",
            "\n${file.path}\nadb pull it for irrvit-bench",
        ).joinToString("\n")
    }

    private fun figures(run: Run): String {
        val summary = summarize(run.repeats.map { it.blocksMs.flatten() })
        val figures = summary.run {
            val half = "p50 %.2f ms (%.2f to %.2f)".format(p50Ms, lowMs, highMs)
            "$half, p90 %.2f ms, %d calls".format(p90Ms, n)
        }
        if (run.goldenCases == 0) return "$figures\nANSWERS NOT CHECKED: nothing to compare with"
        val wrong = run.goldenFailures.firstOrNull() ?: return figures
        return "$figures\nWRONG ANSWERS: $wrong"
    }

    private fun write(record: JSONObject, name: String): File {
        val folder = getExternalFilesDir("measurements")
            ?: throw IOException("the phone's storage is not there")
        return File(folder, "$name.json").apply { writeText(record.toString()) }
    }

    private fun say(text: String) {
        said.text = text
    }
}
