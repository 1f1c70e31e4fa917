package org.irrvit.mobile

import android.net.LocalServerSocket
import android.net.LocalSocket
import android.os.Process
import android.util.Log
import irrvit.runtime.BenchmarkWorker
import java.io.File
import java.io.IOException
import kotlin.concurrent.thread

/**
 * The entry of `irrvit-bench`: an abstract local socket on which every connection gets a worker,
 * which is asked by the commands of docs/protocol.md.
 */
class BenchmarkServer(private val root: File) : AutoCloseable {
    private val socket = LocalServerSocket(NAME)
    @Volatile private var isOpen = true

    init {
        thread(name = "bench-server") { accept() }
    }

    /** Closing alone does not wake up who waits for a connection, so one is made. */
    override fun close() {
        isOpen = false
        try {
            LocalSocket().use { it.connect(socket.localSocketAddress) }
            socket.close()
        } catch (error: IOException) {
            Log.i("irrvit", "the benchmark entry was closed already: $error")
        }
    }

    private fun accept() {
        try {
            while (isOpen) {
                val connection = socket.accept()
                thread(name = "bench-worker") { serve(connection) }
            }
        } catch (error: IOException) {
            Log.i("irrvit", "the benchmark entry is closed: $error")
        }
    }

    private fun serve(connection: LocalSocket) {
        try {
            connection.use {
                val peer = it.peerCredentials.uid
                if (peer in setOf(ROOT, SHELL, Process.myUid())) {
                    BenchmarkWorker(root).serve(it.inputStream, it.outputStream)
                } else {
                    Log.w("irrvit", "user $peer may not use the benchmark entry")
                }
            }
        } catch (error: IOException) {
            Log.i("irrvit", "a connection ended: $error")
        }
    }

    companion object {
        const val NAME = "irrvit-bench"
        private const val ROOT = 0
        private const val SHELL = 2000
    }
}
