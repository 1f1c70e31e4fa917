package org.irrvit.mobile

import android.annotation.SuppressLint
import android.app.ActivityManager
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.BatteryManager
import android.os.Build
import android.provider.Settings
import irrvit.core.DeviceInfo
import irrvit.core.DeviceState
import java.security.MessageDigest
import java.time.Instant
import java.time.ZoneOffset
import java.time.temporal.ChronoUnit

/** What this phone is, and how it is just now. */
class DeviceFacts(private val context: Context) {
    fun info() = DeviceInfo(
        kind = "android",
        name = "${Build.MANUFACTURER} ${Build.MODEL}",
        soc = Build.HARDWARE,
        os = "Android ${Build.VERSION.RELEASE} (API ${Build.VERSION.SDK_INT})",
        ramBytes = memory().totalMem,
        abi = Build.SUPPORTED_ABIS.first(),
        cores = Runtime.getRuntime().availableProcessors(),
        emulated = Build.HARDWARE in EMULATORS,
        idHash = idHash(),
    )

    fun state(): DeviceState {
        val battery = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
        val manager = context.getSystemService(Context.BATTERY_SERVICE) as BatteryManager
        return DeviceState(
            atUtc = nowUtc(),
            temperatureC = battery?.getIntExtra(BatteryManager.EXTRA_TEMPERATURE, -1)
                ?.takeIf { it > 0 }?.div(10.0),
            batteryPercent = manager.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY)
                .takeIf { it in 0..100 }?.toDouble(),
            charging = manager.isCharging,
        )
    }

    private fun memory() = ActivityManager.MemoryInfo().also {
        (context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager).getMemoryInfo(it)
    }

    // Only its hash leaves this function: it tells phones apart and names none.
    @SuppressLint("HardwareIds")
    private fun idHash(): String {
        val id = Settings.Secure.getString(context.contentResolver, Settings.Secure.ANDROID_ID)
        val hash = MessageDigest.getInstance("SHA-256").digest("$id ${Build.MODEL}".toByteArray())
        return hash.joinToString("") { "%02x".format(it) }.take(16)
    }

    private companion object {
        val EMULATORS = setOf("ranchu", "goldfish", "cutf_cvm")
    }
}

fun nowUtc(): String =
    Instant.now().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC).toString()
