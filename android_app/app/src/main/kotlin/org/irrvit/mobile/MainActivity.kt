package org.irrvit.mobile

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.media.ImageReader
import android.os.Bundle
import android.os.Handler
import android.os.HandlerThread
import android.util.Log
import android.view.View
import android.view.WindowManager
import android.widget.AdapterView
import android.widget.ArrayAdapter
import irrvit.runtime.checkText

/** The live camera, and what a network sees in it. */
class MainActivity : Activity(), FrameListener {
    private lateinit var view: MainView
    private lateinit var worker: HandlerThread
    private lateinit var background: Handler
    private lateinit var source: FrameSource
    private lateinit var pictures: Pictures
    private lateinit var choices: List<Choice>
    private val permission = CameraPermission(this)
    private val engine = Engine(::show)
    private var state: UiState = UiState.Loading("Starting")
    private var chosen = -1
    private var isPictureShown = false

    /** The camera on the screen; tests give it a surface. */
    internal lateinit var camera: CameraPreview

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        worker = HandlerThread("engine").apply { start() }
        background = Handler(worker.looper)
        source = FrameSource(this, background, this)
        pictures = Pictures(this)
        choices = Models(this).choices()
        view = MainView(this)
        setContentView(view)
        camera = CameraPreview(view.preview, source, background, permission, ::show)
        camera.chosen = saved?.getInt("camera") ?: 0
        view.preview.holder.addCallback(camera)
        listen()
        listModels(saved?.getInt("model") ?: 0)
    }

    private fun listen() {
        view.message.setOnClickListener { act() }
        view.preview.setOnClickListener { backToCamera() }
        view.picture.setOnClickListener { pickPicture() }
        view.camera.setOnClickListener {
            camera.chosen++
            backToCamera()
        }
        view.benchmark.setOnClickListener {
            startActivity(Intent(this, BenchmarkActivity::class.java))
        }
    }

    private fun listModels(first: Int) {
        if (choices.isEmpty()) {
            val message = "This build has no models: build it with make apk"
            return show(UiState.Failed(message, Action.NONE))
        }
        val layout = android.R.layout.simple_spinner_dropdown_item
        view.models.adapter = ArrayAdapter(this, layout, choices)
        view.models.setSelection(first.coerceIn(choices.indices))
        view.models.onItemSelectedListener = object : AdapterView.OnItemSelectedListener {
            override fun onItemSelected(list: AdapterView<*>?, item: View?, place: Int, id: Long) =
                choose(place)

            override fun onNothingSelected(list: AdapterView<*>?) = Unit
        }
        choose(view.models.selectedItemPosition)
    }

    private fun choose(position: Int) {
        if (position == chosen) return
        chosen = position
        view.check.text = ""
        camera.stop()
        background.post {
            val check = engine.use(choices[position], pictures) ?: return@post
            Log.i(TAG, "${choices[position].name}: ${checkText(check)}")
            runOnUiThread {
                view.check.text = checkText(check)
                startCamera()
            }
        }
    }

    private fun reload() {
        val position = chosen
        chosen = -1
        choose(position)
    }

    private fun backToCamera() {
        isPictureShown = false
        startCamera()
    }

    /** Not before there is a model that looks through it. */
    private fun startCamera() {
        if (!isPictureShown && view.check.text.isNotEmpty()) camera.start()
    }

    private fun act() {
        when ((state as? UiState.Failed)?.action) {
            Action.RETRY -> backToCamera()
            Action.RELOAD -> reload()
            Action.ASK_FOR_CAMERA -> permission.ask()
            Action.OPEN_SETTINGS -> permission.openSettings()
            Action.NONE, null -> Unit
        }
    }

    private fun pickPicture() {
        val intent = Intent(Intent.ACTION_GET_CONTENT).setType("image/*")
            .addCategory(Intent.CATEGORY_OPENABLE)
        try {
            @Suppress("DEPRECATION") // What replaced it is AndroidX.
            startActivityForResult(intent, 0)
        } catch (error: ActivityNotFoundException) {
            val message = "This phone has no app to pick a picture with"
            show(UiState.Failed(message, Action.RETRY))
        }
    }

    @Deprecated("What replaced it is AndroidX.")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val uri = data?.data ?: return
        isPictureShown = true
        camera.stop()
        background.post { engine.classifyPicture { pictures.picked(uri) } }
    }

    override fun onRequestPermissionsResult(request: Int, names: Array<String>, given: IntArray) =
        startCamera()

    private fun show(next: UiState) = runOnUiThread {
        if (next is UiState.Failed) Log.w(TAG, next.message)
        state = next
        view.show(next)
    }

    override fun onFrame(images: ImageReader, rotation: Int) = engine.classify(images, rotation)

    override fun onFailure(message: String) = show(UiState.Failed(message, Action.RETRY))

    override fun onSaveInstanceState(out: Bundle) {
        super.onSaveInstanceState(out)
        out.putInt("model", chosen)
        out.putInt("camera", camera.chosen)
    }

    override fun onDestroy() {
        super.onDestroy()
        background.post {
            source.stop()
            engine.close()
        }
        worker.quitSafely()
    }

    private companion object {
        const val TAG = "irrvit"
    }
}
