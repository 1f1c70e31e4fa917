package org.irrvit.mobile

import android.media.Image
import android.media.ImageReader
import irrvit.core.CameraFrame
import irrvit.core.Frame
import irrvit.core.Plane
import irrvit.core.toRgba

/** From a camera's image to a frame; buffers are made once for images that are alike. */
class FrameReader {
    private var planes = emptyList<ByteArray>()
    private var rgba = ByteArray(0)

    /** The newest, late ones dropped; null if none is there. Its bytes last until the next call. */
    fun read(images: ImageReader, rotation: Int): Frame? {
        val image = try {
            images.acquireLatestImage()
        } catch (error: IllegalStateException) { // The camera was stopped before its last image.
            null
        }
        return image?.use { frame(it, rotation) }
    }

    private fun frame(image: Image, rotation: Int): Frame {
        val sizes = image.planes.map { it.buffer.remaining() }
        if (sizes != planes.map { it.size }) planes = sizes.map(::ByteArray)
        val (y, u, v) = image.planes.mapIndexed { i, plane ->
            plane.buffer.get(planes[i])
            Plane(planes[i], plane.rowStride, plane.pixelStride)
        }
        val bytes = 4 * image.width * image.height
        if (rgba.size != bytes) rgba = ByteArray(bytes)
        toRgba(CameraFrame(y, u, v, image.width, image.height), rgba)
        return Frame(rgba, image.width, image.height, 4 * image.width, rotation)
    }
}
