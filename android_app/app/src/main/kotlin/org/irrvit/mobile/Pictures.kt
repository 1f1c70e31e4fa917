package org.irrvit.mobile

import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.media.ExifInterface
import android.net.Uri
import irrvit.core.Frame
import irrvit.core.Orientation
import irrvit.core.orientation
import irrvit.runtime.pictureFile
import java.io.IOException
import java.io.InputStream

/** Pictures of files, as the network's preprocessing takes them. */
class Pictures(private val context: Context) {
    /** A golden picture; they lie there without loss, since phones decode JPEG differently. */
    fun golden(name: String): Frame {
        val file = context.assets.open("$MODELS/${pictureFile(name)}")
        return file.use { frame(decode(it, 1), UPRIGHT) }
    }

    /** A picture that a person has picked, upright. */
    fun picked(uri: Uri): Frame {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        open(uri).use { BitmapFactory.decodeStream(it, null, size) }
        val smaller = minOf(size.outWidth, size.outHeight) / ENOUGH
        val exif = open(uri).use {
            ExifInterface(it).getAttributeInt(ExifInterface.TAG_ORIENTATION, 1)
        }
        return open(uri).use { frame(decode(it, maxOf(1, smaller)), orientation(exif)) }
    }

    private fun open(uri: Uri): InputStream = context.contentResolver.openInputStream(uri)
        ?: throw IOException("the picture is gone")

    private fun decode(stream: InputStream, shrinkBy: Int): Bitmap {
        val options = BitmapFactory.Options()
        options.inPreferredConfig = Bitmap.Config.ARGB_8888
        options.inSampleSize = shrinkBy
        return BitmapFactory.decodeStream(stream, null, options)
            ?: throw IOException("this is no picture")
    }

    private fun frame(bitmap: Bitmap, lies: Orientation): Frame {
        val (width, height) = bitmap.width to bitmap.height
        val pixels = IntArray(width * height)
        bitmap.getPixels(pixels, 0, width, 0, 0, width, height)
        val bytes = ByteArray(4 * pixels.size)
        for (i in pixels.indices) {
            val column = i % width
            val pixel = pixels[if (lies.isMirrored) i - column + (width - 1 - column) else i]
            bytes[4 * i] = (pixel shr 16).toByte()
            bytes[4 * i + 1] = (pixel shr 8).toByte()
            bytes[4 * i + 2] = pixel.toByte()
            bytes[4 * i + 3] = -1
        }
        return Frame(bytes, width, height, 4 * width, lies.rotation)
    }

    private companion object {
        /** Pixels of the shorter side that are more than any network here sees. */
        const val ENOUGH = 1024
        val UPRIGHT = orientation(1)
    }
}
