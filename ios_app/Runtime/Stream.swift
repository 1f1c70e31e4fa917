import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A connection that carries lines and, after some, bytes.
public final class Stream: @unchecked Sendable {
    /// A picture of 1024 x 1024 in base64 is 17 MB.
    static let longestLine = 32 << 20
    private static let pieceBytes = 1 << 18

    private let socket: Int32
    private var piece = [UInt8](repeating: 0, count: Stream.pieceBytes)
    private var buffer = Data()

    public init(socket: Int32) { self.socket = socket }

    deinit { close(socket) }

    /// Whoever reads or writes in another thread is told that the connection has ended.
    func end() { shutdown(socket, Int32(SHUT_RDWR)) }

    /// The next line; nil at the end.
    ///
    /// - Throws: a `RuntimeFailure` if it is too long; the rest of it is then still to come.
    func readLine() throws -> Data? {
        var searched = 0
        while true {
            let rest = buffer.dropFirst(searched)
            if let end = rest.firstIndex(of: 10) {
                let line = Data(buffer[buffer.startIndex..<end])
                buffer = Data(buffer[(end + 1)...])
                return line
            }
            searched = buffer.count
            guard searched <= Self.longestLine else {
                throw RuntimeFailure("a line is longer than \(Self.longestLine) bytes")
            }
            guard fill() else { return nil }
        }
    }

    /// Exactly so many bytes, in pieces as they come.
    func read(_ count: Int, _ take: (Data) throws -> Void) throws {
        var left = count
        while left > 0 {
            guard !buffer.isEmpty || fill() else {
                throw RuntimeFailure("the connection ended in the middle of a file")
            }
            let taken = buffer.prefix(left)
            try take(taken)
            left -= taken.count
            buffer = Data(buffer.dropFirst(taken.count))
        }
    }

    /// False once nobody listens any more.
    func write(_ answer: [String: Any]) -> Bool {
        guard let line = try? JSONSerialization.data(withJSONObject: answer) else {
            return write(["error": "an answer has a number that is none"])
        }
        return (line + Data([10])).withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = send(socket, bytes.baseAddress! + sent, bytes.count - sent, noSignal)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }

    private func fill() -> Bool {
        while true {
            let count = recv(socket, &piece, piece.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            buffer.append(contentsOf: piece[..<count])
            return true
        }
    }
}

#if canImport(Darwin)
    private let noSignal: Int32 = 0  // SO_NOSIGPIPE does it there.
#else
    private let noSignal = Int32(MSG_NOSIGNAL)
#endif
