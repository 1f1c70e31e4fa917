package org.irrvit.mobile

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.provider.Settings

/** Whether the app may use the camera, and whether it may ask. */
class CameraPermission(private val activity: Activity) {
    private val memory get() = activity.getPreferences(Activity.MODE_PRIVATE)

    val isGranted: Boolean
        get() = activity.checkSelfPermission(NAME) == PackageManager.PERMISSION_GRANTED

    val wasAsked get() = memory.getBoolean("asked", false)

    /** Once a person has refused for good, Android does not ask again. */
    val canAsk get() = !wasAsked || activity.shouldShowRequestPermissionRationale(NAME)

    fun ask() {
        memory.edit().putBoolean("asked", true).apply()
        activity.requestPermissions(arrayOf(NAME), 0)
    }

    /** Where a person who has refused may think again. */
    fun openSettings() {
        val app = Uri.fromParts("package", activity.packageName, null)
        activity.startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app))
    }

    private companion object {
        const val NAME = Manifest.permission.CAMERA
    }
}
