package org.irrvit.mobile

import android.hardware.camera2.CameraAccessException
import android.os.Handler
import android.util.Size
import android.view.SurfaceHolder

/**
 * The camera on the screen: it runs while it is wanted, allowed, and has a surface to be shown on.
 *
 * @property chosen which of the cameras, those of the back first; counts on over the last.
 */
class CameraPreview(
    private val view: Preview,
    private val source: FrameSource,
    private val background: Handler,
    private val permission: CameraPermission,
    private val show: (UiState) -> Unit,
) : SurfaceHolder.Callback {
    var chosen = 0
    private var isWanted = false
    private var screen: SurfaceHolder? = null

    fun start() {
        isWanted = true
        val screen = screen ?: return
        stopSource()
        if (!permission.isGranted) return miss()
        try {
            open(source.cameras(), screen)
        } catch (error: CameraAccessException) {
            fail("The camera cannot be used: ${error.message}")
        } catch (error: IllegalArgumentException) { // It was pulled out after it was listed.
            fail("The camera is gone")
        }
    }

    fun stop() {
        isWanted = false
        stopSource()
    }

    private fun open(cameras: List<String>, screen: SurfaceHolder) {
        if (cameras.isEmpty()) return fail("This device has no camera: pick a picture")
        show(UiState.Loading("Starting the camera"))
        val id = cameras[chosen % cameras.size]
        val degrees = 90 * view.display.rotation
        val size = source.size(id)
        val isTurned = source.rotation(id, degrees) % 180 != 0
        view.setShape(if (isTurned) Size(size.height, size.width) else size)
        screen.setFixedSize(size.width, size.height)
        val surface = screen.surface
        background.post { source.start(id, surface, degrees) }
    }

    /** Without the camera: say so, and the first time ask for it. */
    private fun miss() {
        val action = if (permission.canAsk) Action.ASK_FOR_CAMERA else Action.OPEN_SETTINGS
        val message = "Without the camera only pictures of the gallery can be looked at"
        show(UiState.Failed(message, action))
        if (!permission.wasAsked) permission.ask()
    }

    private fun fail(message: String) = show(UiState.Failed(message, Action.RETRY))

    private fun stopSource() {
        background.post { source.stop() }
    }

    override fun surfaceCreated(holder: SurfaceHolder) {
        screen = holder
        if (isWanted) start()
    }

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) = Unit

    override fun surfaceDestroyed(holder: SurfaceHolder) {
        screen = null
        stopSource()
    }
}
