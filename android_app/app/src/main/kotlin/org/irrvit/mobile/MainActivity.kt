package org.irrvit.mobile

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.hardware.camera2.CameraAccessException
import android.media.ImageReader
import android.net.Uri
import android.os.Bundle
import android.os.Handler
import android.os.HandlerThread
import android.provider.Settings
import android.util.Log
import android.util.Size
import android.view.SurfaceHolder
import android.view.View
import android.view.WindowManager
import android.widget.AdapterView
import android.widget.ArrayAdapter

/** The live camera, and what a network sees in it. */
class MainActivity : Activity(), SurfaceHolder.Callback, FrameListener {
    private lateinit var view: MainView
    private lateinit var worker: HandlerThread
    private lateinit var background: Handler
    private lateinit var source: FrameSource
    private lateinit var pictures: Pictures
    private lateinit var choices: List<Choice>
    private val engine = Engine(::show)
    private var state: UiState = UiState.Loading("Starting")
    private var chosen = -1
    private var camera = 0
    private var screen: SurfaceHolder? = null
    private var isPictureShown = false

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        worker = HandlerThread("engine").apply { start() }
        background = Handler(worker.looper)
        source = FrameSource(this, background, this)
        pictures = Pictures(this)
        choices = Models(this).choices()
        camera = saved?.getInt("camera") ?: 0
        view = MainView(this)
        setContentView(view)
        view.preview.holder.addCallback(this)
        view.message.setOnClickListener { act() }
        view.preview.setOnClickListener { backToCamera() }
        view.picture.setOnClickListener { pickPicture() }
        view.camera.setOnClickListener { turnCamera() }
        view.benchmark.setOnClickListener { startActivity(Intent(this, BenchmarkActivity::class.java)) }
        listModels(saved?.getInt("model") ?: 0)
    }

    private fun listModels(first: Int) {
        if (choices.isEmpty()) return show(UiState.Failed("This build has no models: build it with make apk", Action.NONE))
        view.models.adapter = ArrayAdapter(this, android.R.layout.simple_spinner_dropdown_item, choices)
        view.models.setSelection(first.coerceIn(choices.indices))
        view.models.onItemSelectedListener = object : AdapterView.OnItemSelectedListener {
            override fun onItemSelected(parent: AdapterView<*>?, item: View?, position: Int, id: Long) = choose(position)

            override fun onNothingSelected(parent: AdapterView<*>?) = Unit
        }
        choose(view.models.selectedItemPosition)
    }

    private fun choose(position: Int) {
        if (position == chosen) return
        chosen = position
        view.check.text = ""
        stopCamera()
        background.post {
            val check = engine.use(choices[position], pictures) ?: return@post
            Log.i(TAG, "${choices[position].name}: $check")
            runOnUiThread {
                view.check.text = check.toString()
                startCamera()
            }
        }
    }

    private fun reload() {
        val position = chosen
        chosen = -1
        choose(position)
    }

    private fun startCamera() {
        val screen = screen ?: return
        if (isPictureShown || chosen < 0) return
        stopCamera()
        if (checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) return miss()
        try {
            openCamera(source.cameras(), screen)
        } catch (error: CameraAccessException) {
            onFault("The camera cannot be used: ${error.message}")
        } catch (error: IllegalArgumentException) { // It was pulled out after it was listed.
            onFault("The camera is gone")
        }
    }

    private fun openCamera(cameras: List<String>, screen: SurfaceHolder) {
        if (cameras.isEmpty()) return onFault("This device has no camera: pick a picture")
        show(UiState.Loading("Starting the camera"))
        val id = cameras[camera % cameras.size]
        @Suppress("DEPRECATION") // What replaced it is of API 30.
        val degrees = 90 * windowManager.defaultDisplay.rotation
        val size = source.size(id)
        val isTurned = source.rotation(id, degrees) % 180 != 0
        view.preview.setShape(if (isTurned) Size(size.height, size.width) else size)
        screen.setFixedSize(size.width, size.height)
        val surface = screen.surface
        background.post { source.start(id, surface, degrees) }
    }

    /** Without the camera: say so, and the first time ask for it. */
    private fun miss() {
        val action = if (canAsk()) Action.ASK_FOR_CAMERA else Action.OPEN_SETTINGS
        show(UiState.Failed("Without the camera only pictures of the gallery can be looked at", action))
        if (!wasAsked()) askForCamera()
    }

    private fun stopCamera() {
        background.post { source.stop() }
    }

    private fun turnCamera() {
        camera++
        backToCamera()
    }

    private fun backToCamera() {
        isPictureShown = false
        startCamera()
    }

    /** Once a person has refused for good, Android does not ask again. */
    private fun canAsk() = !wasAsked() || shouldShowRequestPermissionRationale(Manifest.permission.CAMERA)

    private fun wasAsked() = getPreferences(MODE_PRIVATE).getBoolean("asked", false)

    private fun act() {
        when ((state as? UiState.Failed)?.action) {
            Action.RETRY -> backToCamera()
            Action.RELOAD -> reload()
            Action.ASK_FOR_CAMERA -> askForCamera()
            Action.OPEN_SETTINGS -> startActivity(
                Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)),
            )
            Action.NONE, null -> Unit
        }
    }

    private fun askForCamera() {
        getPreferences(MODE_PRIVATE).edit().putBoolean("asked", true).apply()
        requestPermissions(arrayOf(Manifest.permission.CAMERA), 0)
    }

    private fun pickPicture() {
        val intent = Intent(Intent.ACTION_GET_CONTENT).setType("image/*").addCategory(Intent.CATEGORY_OPENABLE)
        try {
            @Suppress("DEPRECATION") // What replaced it is AndroidX.
            startActivityForResult(intent, 0)
        } catch (error: ActivityNotFoundException) {
            show(UiState.Failed("This phone has no app to pick a picture with", Action.RETRY))
        }
    }

    @Deprecated("What replaced it is AndroidX.")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val uri = data?.data ?: return
        isPictureShown = true
        stopCamera()
        background.post { engine.classifyPicture { pictures.picked(uri) } }
    }

    override fun onRequestPermissionsResult(request: Int, permissions: Array<String>, results: IntArray) = startCamera()

    private fun show(next: UiState) = runOnUiThread {
        if (next is UiState.Failed) Log.w(TAG, next.message)
        state = next
        view.show(next)
    }

    override fun onFrame(reader: ImageReader, rotation: Int) = engine.classify(reader, rotation)

    override fun onFault(message: String) = show(UiState.Failed(message, Action.RETRY))

    override fun surfaceCreated(holder: SurfaceHolder) {
        screen = holder
        if (view.check.text.isNotEmpty()) startCamera()
    }

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) = Unit

    override fun surfaceDestroyed(holder: SurfaceHolder) {
        screen = null
        stopCamera()
    }

    override fun onSaveInstanceState(out: Bundle) {
        super.onSaveInstanceState(out)
        out.putInt("model", chosen)
        out.putInt("camera", camera)
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
