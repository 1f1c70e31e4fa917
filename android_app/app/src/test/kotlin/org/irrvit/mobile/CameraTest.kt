package org.irrvit.mobile

import android.Manifest
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraMetadata
import android.os.Looper
import android.view.Surface
import android.view.SurfaceHolder
import android.view.View
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** What happens with the camera while the app looks through it. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], shadows = [ShadowSendingSession::class, ShadowReaderOfCoffee::class])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class CameraTest {
    private val controller by lazy { start(MainActivity::class.java) }
    private val activity get() = controller.get()
    private val view get() = activity.content() as MainView

    @Before
    fun addCameras() {
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA)
        PlayedCamera.add("front", CameraMetadata.LENS_FACING_FRONT)
        PlayedCamera.add("back", CameraMetadata.LENS_FACING_BACK)
    }

    @After
    fun leave() {
        controller.destroy()
    }

    @Test
    fun whatTheCameraOfTheBackSeesIsNamed() {
        open()
        assertEquals("back", PlayedCamera.opened?.id)
        draw(view, "camera")
    }

    @Test
    fun cameraThatAnotherAppTookIsAMessageAndATapGetsItBack() {
        open()
        val taken = PlayedCamera.opened
        PlayedCamera.takeAway()
        await("Another app took the camera") { view.message.text }
        draw(view, "taken")
        view.message.performClick()
        await("espresso") { seen() }
        assertNotSame(taken, PlayedCamera.opened)
    }

    @Test
    fun cameraThatFailsIsAMessageAndIsClosed() {
        open()
        PlayedCamera.fail(CameraDevice.StateCallback.ERROR_CAMERA_SERVICE)
        await("The camera failed (error 5)") { view.message.text }
        assertTrue(isClosed(PlayedCamera.opened!!))
    }

    @Test
    fun otherCameraIsOpenedOnceTheFirstIsClosed() {
        open()
        val first = PlayedCamera.opened!!
        view.camera.performClick()
        await("front") { PlayedCamera.opened!!.id }
        assertTrue(isClosed(first))
        await("espresso") { seen() }
        view.camera.performClick()
        await("back") { PlayedCamera.opened!!.id }
    }

    @Test
    fun cameraThatIsPulledOutIsAMessage() {
        open()
        PlayedCamera.takeAway()
        await("Another app took the camera") { view.message.text }
        listOf("front", "back").forEach(PlayedCamera::remove)
        view.message.performClick()
        await("This device has no camera") { view.message.text }
    }

    @Test
    fun cameraThatOnlySeesDepthIsNone() {
        listOf("front", "back").forEach(PlayedCamera::remove)
        PlayedCamera.add("depth", CameraMetadata.LENS_FACING_BACK, ImageFormat.DEPTH16)
        activity.camera.surfaceCreated(screen())
        await("This device has no camera") { view.message.text }
    }

    @Test
    fun cameraIsGivenBackWhenTheScreenGoes() {
        open()
        activity.camera.surfaceDestroyed(view.preview.holder)
        await("closed") { if (isClosed(PlayedCamera.opened!!)) "closed" else "" }
    }

    /** Until the screen has named what the camera sees. */
    private fun open() {
        activity.camera.surfaceCreated(screen())
        await("espresso") { seen() }
    }

    /** Robolectric has no screen, so this one shows nothing; but it is a surface. */
    private fun screen() = object : SurfaceHolder by view.preview.holder {
        private val surface = Surface(SurfaceTexture(0))

        override fun getSurface() = surface
    }

    private fun seen(): CharSequence =
        view.run { if (message.visibility == View.GONE) bars.contentDescription else message.text }

    private fun isClosed(camera: CameraDevice): Boolean = try {
        camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        false
    } catch (error: IllegalStateException) {
        true
    }
}
