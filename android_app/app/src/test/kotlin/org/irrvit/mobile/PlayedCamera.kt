package org.irrvit.mobile

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ImageFormat
import android.graphics.Matrix
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.impl.CameraCaptureSessionImpl
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.util.Size
import android.view.Surface
import java.lang.ref.WeakReference
import java.nio.ByteBuffer
import java.util.concurrent.Executor
import kotlin.math.roundToInt
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowCameraCaptureSessionImpl
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.ShadowNativeImageReader
import org.robolectric.shadows.StreamConfigurationMapBuilder
import org.robolectric.util.ReflectionHelpers.ClassParameter
import org.robolectric.util.ReflectionHelpers.callInstanceMethod
import org.robolectric.util.ReflectionHelpers.callStaticMethod
import org.robolectric.util.ReflectionHelpers.getStaticField

/**
 * The phone's cameras: Robolectric's, which open and are taken away, but neither send pictures nor
 * fail.
 */
internal object PlayedCamera {
    val SIZE = Size(640, 480)
    private val manager: ShadowCameraManager
        get() {
            val application = RuntimeEnvironment.getApplication()
            return shadowOf(application.getSystemService(CameraManager::class.java))
        }

    /** The camera that was opened last. */
    val opened: CameraDevice? get() = last("lastDevice")

    fun add(id: String, facing: Int, format: Int = ImageFormat.YUV_420_888) {
        val sizes = StreamConfigurationMapBuilder.newBuilder()
            .addOutputSize(format, SIZE).addOutputSize(format, Size(1920, 1080))
            .addOutputSize(SIZE).addOutputSize(Size(1920, 1080))
        val characteristics = ShadowCameraCharacteristics.newCameraCharacteristics()
        Shadow.extract<ShadowCameraCharacteristics>(characteristics).apply {
            set(CameraCharacteristics.LENS_FACING, facing)
            set(CameraCharacteristics.SENSOR_ORIENTATION, 90)
            set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, sizes.build())
        }
        manager.addCamera(id, characteristics)
    }

    fun remove(id: String) = manager.removeCamera(id)

    fun takeAway() = manager.triggerDisconnect()

    /** What Android does when a camera breaks; Robolectric has no word for it. */
    fun fail(code: Int) {
        val callback: CameraDevice.StateCallback = last("lastCallback")!!
        last<Executor>("lastCallbackExecutor")!!.execute { callback.onError(opened!!, code) }
    }

    private fun <T> last(name: String): T? = getStaticField(ShadowCameraManager::class.java, name)
}

/** A running camera that takes one picture, and sends it where the request says. */
@Implements(CameraCaptureSessionImpl::class)
class ShadowSendingSession : ShadowCameraCaptureSessionImpl() {
    @Implementation
    override fun setRepeatingRequest(
        request: CaptureRequest,
        callback: CameraCaptureSession.CaptureCallback?,
        handler: Handler?,
    ): Int {
        request.targets.mapNotNull(::readerOf).forEach {
            val reader = ClassParameter.from(Any::class.java, WeakReference(it))
            callStaticMethod<Unit>(ImageReader::class.java, "postEventFromNative", reader)
        }
        return 1
    }

    private fun readerOf(surface: Surface): ImageReader? =
        callInstanceMethod(Shadow.extract(surface), "getContainerImageReader")
}

/** What the camera sees, once: a cup of coffee. */
@Implements(value = ImageReader::class, callNativeMethodsByDefault = true)
class ShadowReaderOfCoffee : ShadowNativeImageReader() {
    private var next: Image? = coffee()

    @Implementation
    fun acquireLatestImage(): Image? = next.also { next = null }

    /** As it lies on the sensor of an upright phone: a quarter turn counter-clockwise. */
    private fun coffee(): Image {
        val assets = RuntimeEnvironment.getApplication().assets
        val file = assets.open("models/pictures/coffee.png")
        val picture = file.use(BitmapFactory::decodeStream)
        val width = picture.height * 3 / 4
        val scale = PlayedCamera.SIZE.width.toFloat() / picture.height
        val turn = Matrix().apply {
            setRotate(-90f)
            postScale(scale, scale)
        }
        val left = (picture.width - width) / 2
        return YuvImage(Bitmap.createBitmap(picture, left, 0, width, picture.height, turn, true))
    }
}

/** YUV 4:2:0 as most phones give it: both colours in one block of memory, in turn. */
private class YuvImage(private val picture: Bitmap) : Image() {
    private val brightness = plane(1, 1) { r, g, b -> 0.299 * r + 0.587 * g + 0.114 * b }
    private val blueness = plane(2, 2) { r, g, b -> 128 - 0.168736 * r - 0.331264 * g + 0.5 * b }
    private val redness = plane(2, 2) { r, g, b -> 128 + 0.5 * r - 0.418688 * g - 0.081312 * b }

    override fun getFormat() = ImageFormat.YUV_420_888

    override fun getWidth() = picture.width

    override fun getHeight() = picture.height

    override fun getTimestamp() = 0L

    override fun getTransform() = 0

    override fun getScalingMode() = 0

    override fun getPlanes() = arrayOf(brightness, blueness, redness)

    override fun close() = Unit

    private fun plane(every: Int, stride: Int, value: (Int, Int, Int) -> Double): Plane {
        val (columns, rows) = width / every to height / every
        val bytes = ByteArray(rows * columns * stride)
        for (row in 0 until rows) for (column in 0 until columns) {
            val pixel = picture.getPixel(column * every, row * every)
            val shade = value(pixel shr 16 and 0xff, pixel shr 8 and 0xff, pixel and 0xff)
            bytes[(row * columns + column) * stride] = shade.roundToInt().coerceIn(0, 255).toByte()
        }
        return object : Plane() {
            override fun getRowStride() = columns * stride

            override fun getPixelStride() = stride

            override fun getBuffer(): ByteBuffer = ByteBuffer.wrap(bytes)
        }
    }
}
