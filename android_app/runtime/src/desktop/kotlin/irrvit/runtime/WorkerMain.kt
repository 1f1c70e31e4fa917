package irrvit.runtime

import java.io.File
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.channels.Channels
import java.nio.channels.ServerSocketChannel
import kotlin.concurrent.thread
import kotlin.system.exitProcess

private const val USAGE = """usage: java -jar worker.jar (--port N | --socket PATH) [--root FOLDER]

Runs the app's benchmark worker on this machine: listens on a TCP port of this machine (0: any) or a
unix socket, says "listening on ..." on stdout, and gives every connection a worker of its own."""

/** The worker without a phone: the same code, on a desktop's JVM. */
fun main(arguments: Array<String>) {
    val options = arguments.toList().chunked(2).associate { it.first() to it.last() }
    val root = File(options["--root"] ?: ".")
    val server = listen(options["--port"], options["--socket"])
    val port = (server.localAddress as? InetSocketAddress)?.port
    println("listening on ${port ?: options["--socket"]}")
    while (true) {
        val connection = server.accept()
        thread {
            connection.use {
                val answers = Channels.newOutputStream(it)
                BenchmarkWorker(root).serve(Channels.newInputStream(it), answers)
            }
        }
    }
}

private fun listen(port: String?, socket: String?): ServerSocketChannel {
    val number = port?.toIntOrNull()
    if (number != null && socket == null) {
        val address = InetSocketAddress(InetAddress.getLoopbackAddress(), number)
        return ServerSocketChannel.open().bind(address)
    }
    if (socket != null && port == null) {
        val address = UnixDomainSocketAddress.of(socket)
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)
    }
    System.err.println(USAGE)
    exitProcess(2)
}
