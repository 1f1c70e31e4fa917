import Core
import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The computer's end of the cable: lines of JSON, and bytes.
package final class Talk: @unchecked Sendable {
    private let connection: Int32
    private var buffer: [UInt8] = []

    /// - Parameter address: of this machine, as 127.0.0.1.
    package init?(port: UInt16, address: UInt32 = 0x7f00_0001) {
        #if canImport(Darwin)
            connection = socket(AF_INET, SOCK_STREAM, 0)
        #else
            connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = address.bigEndian
        let status = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(connection)
            return nil
        }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    }

    deinit { close(connection) }

    package func send(_ bytes: some Sequence<UInt8>) {
        let content = Array(bytes)
        var sent = 0
        while sent < content.count {
            let count = content.withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress! + sent, content.count - sent, noSignal)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// nil once the other end has gone.
    package func line() -> [String: Any]? {
        while !buffer.contains(10) {
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            buffer += piece[..<count]
        }
        let end = buffer.firstIndex(of: 10)!
        let line = Data(buffer[..<end])
        buffer.removeSubrange(...end)
        return (try? JSONSerialization.jsonObject(with: line)) as? [String: Any]
    }

    package func ask(
        _ command: String, _ fields: [String: Any] = [:], then bytes: [UInt8] = []
    ) -> [String: Any]? {
        let question = fields.merging(["do": command]) { $1 }
        send(try! JSONSerialization.data(withJSONObject: question) + [10])
        send(bytes)
        return line()
    }

    /// What it complains of.
    package func error(
        _ command: String, _ fields: [String: Any] = [:], then bytes: [UInt8] = []
    ) -> String? {
        ask(command, fields, then: bytes)?["error"] as? String
    }
}

#if canImport(Darwin)
    private let noSignal: Int32 = 0
#else
    private let noSignal = Int32(MSG_NOSIGNAL)
#endif

/// A folder of its own for each test.
package func newFolder() -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ios-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// Where all tests have their compiled models.
package let compiledFolder = newFolder()

/// A copy of the network of clothes, its manifest changed.
package func copyOfFashion(
    _ change: (inout [String: Any]) -> Void = { _ in }
) -> URL {
    let folder = newFolder().appending(path: "copy")
    try! FileManager.default.copyItem(at: fashion, to: folder)
    let file = folder.appending(path: "manifest.json")
    var manifest = try! JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
    change(&manifest)
    try! JSONSerialization.data(withJSONObject: manifest).write(to: file)
    return folder
}

/// A golden picture, read without the app's own reader.
package func lookAtGolden(_ name: String, _ look: (Frame) throws -> Void) throws {
    let stem = name.split(separator: ".")[0]
    let content = try [UInt8](Data(contentsOf: goldenPictures.appending(path: "\(stem).ppm")))
    let head = String(decoding: content.prefix(11), as: UTF8.self).split(
        whereSeparator: \.isWhitespace)
    let (width, height) = (Int(head[1])!, Int(head[2])!)
    var rgba = [UInt8](repeating: 255, count: 4 * width * height)
    for (i, byte) in content.suffix(3 * width * height).enumerated() {
        rgba[i / 3 * 4 + i % 3] = byte
    }
    try rgba.withUnsafeBytes {
        try look(Frame(bytes: $0, width: width, height: height, rowStride: 4 * width))
    }
}
