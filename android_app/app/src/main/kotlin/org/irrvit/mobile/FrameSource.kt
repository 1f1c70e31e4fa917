package org.irrvit.mobile

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.media.ImageReader
import android.os.Handler
import android.util.Size
import android.view.Surface

/** What happens with a camera; all calls come on the source's handler. */
interface FrameListener {
    /** A frame waits in `images`; whoever takes it closes it. */
    fun onFrame(images: ImageReader, rotation: Int)

    fun onFailure(message: String)
}

/** One camera of the phone: its pictures go to a preview and, in YUV, to the listener. */
class FrameSource(
    context: Context,
    private val handler: Handler,
    private val listener: FrameListener,
) {
    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private var device: CameraDevice? = null
    private var images: ImageReader? = null
    private var opening: Opening? = null // Null while stopped; callbacks of earlier ones come late.

    /** The cameras that take pictures as needed here, those of the back first. */
    fun cameras(): List<String> = manager.cameraIdList.filter { sizes(it).isNotEmpty() }
        .sortedBy { facing(it) != CameraCharacteristics.LENS_FACING_BACK }

    /** The size of the pictures of a camera: the smallest that leaves a network enough to see. */
    fun size(camera: String): Size {
        val sizes = sizes(camera)
        val enough = sizes.filter { minOf(it.width, it.height) >= ENOUGH }
        return enough.minByOrNull { it.width * it.height } ?: sizes.maxBy { it.width * it.height }
    }

    /** Degrees by which its pictures are turned clockwise while the screen is turned by so many. */
    fun rotation(camera: String, screenDegrees: Int): Int {
        val sensor = characteristics(camera)[CameraCharacteristics.SENSOR_ORIENTATION]!!
        val isFront = facing(camera) == CameraCharacteristics.LENS_FACING_FRONT
        return (sensor + (if (isFront) screenDegrees else 360 - screenDegrees)) % 360
    }

    // MainActivity asks before; without it this is a SecurityException.
    @SuppressLint("MissingPermission")
    fun start(camera: String, preview: Surface, screenDegrees: Int) {
        try {
            val size = size(camera)
            val rotation = rotation(camera, screenDegrees)
            val format = ImageFormat.YUV_420_888
            images = ImageReader.newInstance(size.width, size.height, format, IMAGES).apply {
                setOnImageAvailableListener({ listener.onFrame(it, rotation) }, handler)
            }
            manager.openCamera(camera, Opening(preview).also { opening = it }, handler)
        } catch (error: CameraAccessException) {
            fail("The camera cannot be opened: ${error.message}")
        } catch (error: SecurityException) {
            fail("The app may not use the camera")
        } catch (error: IllegalArgumentException) {
            fail("The camera is gone")
        }
    }

    fun stop() {
        opening = null
        device?.close()
        device = null
        images?.close()
        images = null
    }

    private fun fail(message: String) {
        stop()
        listener.onFailure(message)
    }

    /** Sizes for both the network and the screen; a camera that only sees depth has none. */
    private fun sizes(camera: String): Set<Size> {
        val sizes = characteristics(camera)[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP]
            ?: return emptySet()
        val read: Array<Size>? = sizes.getOutputSizes(ImageFormat.YUV_420_888)
        val shown: Array<Size>? = sizes.getOutputSizes(SurfaceTexture::class.java)
        return read.orEmpty().toSet() intersect shown.orEmpty().toSet()
    }

    private fun characteristics(camera: String) = manager.getCameraCharacteristics(camera)

    private fun facing(camera: String) = characteristics(camera)[CameraCharacteristics.LENS_FACING]

    private inner class Opening(private val preview: Surface) : CameraDevice.StateCallback() {
        override fun onOpened(opened: CameraDevice) {
            if (opening !== this) return opened.close()
            device = opened
            try {
                val targets = listOf(preview, images!!.surface)
                @Suppress("DEPRECATION") // What replaced it is of API 28.
                opened.createCaptureSession(targets, Session(this, opened, targets), handler)
            } catch (error: CameraAccessException) {
                fail("The camera was taken away: ${error.message}")
            } catch (error: IllegalArgumentException) { // The preview went away meanwhile.
                fail("The camera lost the screen")
            }
        }

        override fun onDisconnected(gone: CameraDevice) {
            gone.close()
            if (opening === this) fail("Another app took the camera")
        }

        override fun onError(broken: CameraDevice, code: Int) {
            broken.close()
            if (opening === this) fail("The camera failed (error $code)")
        }
    }

    private inner class Session(
        private val origin: Opening,
        private val device: CameraDevice,
        private val targets: List<Surface>,
    ) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            if (opening !== origin) return
            try {
                val request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                targets.forEach(request::addTarget)
                session.setRepeatingRequest(request.build(), null, handler)
            } catch (error: CameraAccessException) {
                fail("The camera was taken away: ${error.message}")
            } catch (error: IllegalStateException) { // It was closed before it began.
                fail("The camera was closed")
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) {
            if (opening === origin) fail("The camera refuses this size of picture")
        }
    }

    private companion object {
        const val ENOUGH = 480
        const val IMAGES = 3
    }
}
