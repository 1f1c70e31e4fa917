package org.irrvit.mobile

import android.graphics.Bitmap
import android.media.ExifInterface
import android.net.Uri
import irrvit.core.InputSpec
import irrvit.core.Preprocessor
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** Pictures of files stand upright, however a phone held its sensor. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class PicturesTest {
    @get:Rule val folder = TemporaryFolder()

    @Test
    fun pictureOfAnyOrientationIsUpright() {
        for ((exif, rows) in LYING) {
            assertEquals("EXIF orientation $exif", listOf(0, 1, 2, 3, 4, 5), seen(exif, rows))
        }
    }

    @Test
    fun pictureWithoutOrientationIsLeftAsItLies() {
        assertEquals(listOf(0, 1, 2, 3, 4, 5), seen(null, LYING.getValue(1)))
    }

    /** What a network sees of a file in which the pixels lie so, two rows of three. */
    private fun seen(exif: Int?, rows: List<String>): List<Int> {
        val file = write(exif, rows)
        val application = RuntimeEnvironment.getApplication()
        val uri = Uri.parse("content://gallery/${file.name}")
        shadowOf(application.contentResolver)
            .registerInputStreamSupplier(uri) { file.inputStream() }
        val frame = Pictures(application).picked(uri)
        val pixels = Preprocessor(InputSpec(2, 3, 2, "nearest")).preprocess(frame)
        return pixels.toList().chunked(3).map { (red) -> (red.toInt() and 0xff) / STEP }
    }

    private fun write(exif: Int?, rows: List<String>): File {
        val bitmap = Bitmap.createBitmap(rows.first().length, rows.size, Bitmap.Config.ARGB_8888)
        rows.forEachIndexed { y, row ->
            row.forEachIndexed { x, digit ->
                val shade = STEP * digit.digitToInt()
                bitmap.setPixel(x, y, 0xff shl 24 or (shade shl 16) or (shade shl 8) or shade)
            }
        }
        val file = folder.newFile()
        file.outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
        if (exif != null) {
            ExifInterface(file.path).run {
                setAttribute(ExifInterface.TAG_ORIENTATION, exif.toString())
                saveAttributes()
            }
        }
        return file
    }

    private companion object {
        const val STEP = 40

        /** How a picture of the rows 012 and 345 lies in a file of each orientation. */
        val LYING = mapOf(
            1 to listOf("012", "345"),
            2 to listOf("210", "543"),
            3 to listOf("543", "210"),
            4 to listOf("345", "012"),
            5 to listOf("03", "14", "25"),
            6 to listOf("25", "14", "03"),
            7 to listOf("52", "41", "30"),
            8 to listOf("30", "41", "52"),
        )
    }
}
