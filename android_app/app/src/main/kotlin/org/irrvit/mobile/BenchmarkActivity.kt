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
import irrvit.core.LatencySummary
import irrvit.core.Manifest
import irrvit.core.Preprocessor
import irrvit.core.Run
import irrvit.core.RunConfig
import irrvit.core.measurement
import irrvit.core.summarize
import irrvit.runtime.Artifact
import irrvit.runtime.FileClassifier
import irrvit.runtime.runtimeOf
import irrvit.runtime.selfCheck
import irrvit.runtime.threadsInWords
import irrvit.runtime.timeArtifact
import irrvit.runtime.toFloats
import java.io.File
import java.io.IOException
import java.util.UUID
import kotlin.concurrent.thread
import org.json.JSONObject

/** Measures a model on this phone; meanwhile `irrvit-bench` may do so from outside. */
class BenchmarkActivity : Activity() {
    private val models by lazy { Spinner(this) }
    private val start by lazy { Button(this).apply { text = "Measure" } }
    private val said by lazy { TextView(this).apply { setTextColor(Color.WHITE) } }
    private var server: BenchmarkServer? = null

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        models.adapter = ArrayAdapter(this, android.R.layout.simple_spinner_dropdown_item, Models(this).choices())
        start.setOnClickListener { (models.selectedItem as? Choice)?.let(::measure) }
        val column = LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            fitsSystemWindows = true
            listOf(models, start, said).forEach(::addView)
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

    override fun onDestroy() {
        super.onDestroy()
        server?.close()
    }

    private fun measure(choice: Choice) {
        start.isEnabled = false
        say("Measuring ${choice.name}: leave the phone alone for ${(CONFIG.warmupS + CONFIG.seconds).toInt()} s")
        thread(name = "measure") {
            val result = try {
                report(choice.artifact())
            } catch (error: Throwable) {
                words(error)
            }
            runOnUiThread {
                say(result)
                start.isEnabled = true
            }
        }
    }

    private fun report(artifact: Artifact): String {
        val run = run(artifact)
        val file = write(measurement(artifact.manifest, run), run.runId)
        val summary = summarize(run.repeats.map { it.blocksMs.flatten() })
        val answers = if (run.goldenFailures.isEmpty()) "" else "\nWRONG ANSWERS: ${run.goldenFailures.first()}"
        return "${artifact.name}, ${run.runtimeVersion}, ${run.placement.accelerator}, ${threadsInWords(THREADS)}\n" +
            "${figures(summary)}$answers\n\n${file.path}\nadb pull it for irrvit-bench"
    }

    private fun run(artifact: Artifact): Run {
        val facts = DeviceFacts(this)
        val pictures = Pictures(this)
        val config = CONFIG.copy(runtime = runtimeOf(artifact.manifest.target))
        val started = nowUtc()
        val before = facts.state()
        val timed = timeArtifact(artifact, config, pixels(artifact.manifest, pictures))
        val after = facts.state()
        val check = FileClassifier(artifact, THREADS).use { selfCheck(artifact.manifest, it, pictures::golden) }
        return Run(
            runId = UUID.randomUUID().toString().replace("-", ""),
            device = facts.info(),
            config = config,
            runtimeVersion = timed.runtimeVersion,
            placement = timed.placement,
            goldenCases = check.cases,
            goldenFailures = check.failures,
            before = before,
            after = after,
            repeats = listOf(timed.repeat),
            startedUtc = started,
            peakMemoryBytes = timed.peakMemoryBytes,
            idleMemoryBytes = timed.idleMemoryBytes,
        )
    }

    /** The first golden picture; zeros for a model without any. */
    private fun pixels(manifest: Manifest, pictures: Pictures): FloatArray {
        val pixels = manifest.input.run { FloatArray(height * width * 3) }
        val picture = manifest.golden.firstOrNull()?.picture
        if (picture != null) toFloats(Preprocessor(manifest.input).preprocess(pictures.golden(picture)), pixels)
        return pixels
    }

    private fun write(record: JSONObject, name: String): File {
        val folder = getExternalFilesDir("measurements") ?: throw IOException("the phone's storage is not there")
        return File(folder, "$name.json").apply { writeText(record.toString()) }
    }

    private fun figures(summary: LatencySummary) = summary.run {
        "p50 %.2f ms (%.2f to %.2f), p90 %.2f ms, %d calls".format(p50Ms, lowMs, highMs, p90Ms, n)
    }

    private fun say(text: String) {
        said.text = text
    }

    private companion object {
        val CONFIG = RunConfig("", THREADS, iterations = 100, seconds = 5.0, repeats = 1, warmupS = 2.0)
    }
}
