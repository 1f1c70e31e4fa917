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
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertThrows
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
    @Before
    fun addCameras() {
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA)
        PlayedCamera.add("front", CameraMetadata.LENS_FACING_FRONT)
        PlayedCamera.add("back", CameraMetadata.LENS_FACING_BACK)
    }

    @Test
    fun whatTheCameraOfTheBackSeesIsNamed() {
        val view = open()
        assertEquals("back", PlayedCamera.opened?.id)
        draw(view, "camera")
    }

    @Test
    fun cameraThatAnotherAppTookIsAMessageAndATapGetsItBack() {
        val view = open()
        val taken = PlayedCamera.opened
        PlayedCamera.takeAway()
        await("Another app took the camera") { view.message.text }
        draw(view, "taken")
        view.message.performClick()
        await("espresso") { view.seen() }
        assertNotSame(taken, PlayedCamera.opened)
    }

    @Test
    fun cameraThatFailsIsAMessageAndIsClosed() {
        val view = open()
        PlayedCamera.fail(CameraDevice.StateCallback.ERROR_CAMERA_SERVICE)
        await("The camera failed (error 5)") { view.message.text }
        assertClosed(PlayedCamera.opened!!)
    }

    @Test
    fun otherCameraIsOpenedOnceTheFirstIsClosed() {
        val view = open()
        val first = PlayedCamera.opened!!
        view.camera.performClick()
        await("front") { PlayedCamera.opened!!.id }
        assertClosed(first)
        await("espresso") { view.seen() }
        view.camera.performClick()
        await("back") { PlayedCamera.opened!!.id }
    }

    @Test
    fun cameraThatIsPulledOutIsAMessage() {
        val view = open()
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
        val activity = start(MainActivity::class.java).get()
        activity.surfaceCreated(screen(activity))
        await("This device has no camera") { activity.view().message.text }
    }

    @Test
    fun cameraIsGivenBackWhenTheScreenGoes() {
        val activity = start(MainActivity::class.java).get()
        val screen = screen(activity)
        activity.surfaceCreated(screen)
        await("espresso") { activity.view().seen() }
        activity.surfaceDestroyed(screen)
        await("closed") { if (isClosed(PlayedCamera.opened!!)) "closed" else "" }
    }

    /** The main screen once it has named what the camera sees. */
    private fun open(): MainView {
        val activity = start(MainActivity::class.java).get()
        activity.surfaceCreated(screen(activity))
        await("espresso") { activity.view().seen() }
        return activity.view()
    }

    /** Robolectric has no screen, so this one shows nothing; but it is a surface. */
    private fun screen(activity: MainActivity) = object : SurfaceHolder by activity.view().preview.holder {
        private val surface = Surface(SurfaceTexture(0))

        override fun getSurface() = surface
    }

    private fun MainActivity.view() = content() as MainView

    private fun MainView.seen(): CharSequence = if (message.visibility == View.GONE) bars.contentDescription else message.text

    private fun assertClosed(camera: CameraDevice) {
        assertThrows(IllegalStateException::class.java) { camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW) }
    }

    private fun isClosed(camera: CameraDevice): Boolean = try {
        camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        false
    } catch (error: IllegalStateException) {
        true
    }
}
