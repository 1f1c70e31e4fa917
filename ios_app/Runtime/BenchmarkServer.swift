import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The entry of `irrvit-bench`: a port of this device's own loopback, which usbmuxd reaches by the
/// cable. Nothing beyond the device can connect to it.
///
/// Suspended apps lose their sockets: end it on leaving the foreground, and make another on return.
public final class BenchmarkServer: Sendable {
    public static let port: UInt16 = 7071
    /// As many files are measured in turn, with the device's own peak and a look at its state.
    static let mostConnections = 16

    public let port: UInt16
    private let listener: Int32
    /// What is written to the second wakes up whoever waits at the first.
    private let wake: (Int32, Int32)
    private let streams = Locked<[ObjectIdentifier: Stream]?>([:])

    /// - Parameter port: 0 for any.
    public init(
        port: UInt16 = BenchmarkServer.port, serve: @escaping @Sendable (Stream) -> Void
    ) throws {
        (listener, self.port) = try listen(on: port)
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else {
            close(listener)
            throw RuntimeFailure("the benchmark's entry cannot be opened: \(reason())")
        }
        wake = (pipes[0], pipes[1])
        startThread("bench-server") { [self] in accept(serve) }
    }

    /// Close the entry and every connection.
    public func stop() {
        let open = streams.change { streams in
            defer { streams = nil }
            return streams
        }
        guard let open else { return }
        open.values.forEach { $0.end() }
        var byte: UInt8 = 0
        _ = write(wake.1, &byte, 1)
    }

    private func accept(_ serve: @escaping @Sendable (Stream) -> Void) {
        while streams.value != nil {
            var waiting = [
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.0, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, -1) > 0, waiting[1].revents == 0 else { continue }
            let connection = acceptOne(listener)
            if connection >= 0 {
                admit(Stream(socket: connection), serve)
            } else {
                usleep(10_000)  // It went away again, or there are no more sockets just now.
            }
        }
        for socket in [listener, wake.0, wake.1] { close(socket) }
    }

    private func admit(_ stream: Stream, _ serve: @escaping @Sendable (Stream) -> Void) {
        let key = ObjectIdentifier(stream)
        let isAdmitted = streams.change { streams in
            guard let count = streams?.count, count < Self.mostConnections else { return false }
            streams?[key] = stream
            return true
        }
        guard isAdmitted else {
            _ = stream.write(["error": "\(Self.mostConnections) connections are open already"])
            return
        }
        startThread("bench-worker") { [streams] in
            serve(stream)
            streams.change { $0?[key] = nil }
        }
    }
}

private func listen(on port: UInt16) throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, streamType, 0)
    guard listener >= 0 else { throw RuntimeFailure("no socket can be had: \(reason())") }
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    #if canImport(Darwin)
        address.sin_len = UInt8(MemoryLayout<sockaddr_in>.size)
    #endif
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian  // 127.0.0.1 and nothing else.
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, size) == 0 && listen(listener, 8) == 0
                && getsockname(listener, $0, &size) == 0
        }
    }
    guard isListening else {
        let why = reason()
        close(listener)
        throw RuntimeFailure("port \(port) cannot be listened on: \(why)")
    }
    return (listener, UInt16(bigEndian: address.sin_port))
}

private func acceptOne(_ listener: Int32) -> Int32 {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else { return connection }
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    #if canImport(Darwin)
        setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &yes, size)
    #endif
    return connection
}

private func reason() -> String { String(cString: strerror(errno)) }

#if canImport(Darwin)
    private let streamType = SOCK_STREAM
#else
    private let streamType = Int32(SOCK_STREAM.rawValue)
#endif
