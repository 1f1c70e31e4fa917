package irrvit.runtime

import java.io.File

// What Linux, and so Android, says about this process.

/** The most memory that it ever had. */
internal fun peakMemoryBytes(): Long = statusBytes("VmHWM")

/** What it has now. */
internal fun memoryBytes(): Long = statusBytes("VmRSS")

private fun statusBytes(name: String): Long =
    File("/proc/self/status").useLines { lines -> lines.first { it.startsWith("$name:") } }
        .filter(Char::isDigit).toLong() * 1024

/** CPU time of all its threads; Linux counts it in hundredths of a second. */
internal fun cpuNs(): Long {
    val fields = File("/proc/self/stat").readText().substringAfterLast(") ").split(" ")
    return (fields[11].toLong() + fields[12].toLong()) * 10_000_000
}
