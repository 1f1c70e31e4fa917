import CryptoKit
import Foundation

/// The folder that `irrvit-bench` may write to: files come whole or not at all, and nothing beside it
/// is ever touched.
public struct PushedFiles: Sendable {
    static let mostBytes = 4 << 30
    private static let spareBytes = 256 << 20
    private let root: URL

    public init(root: URL) { self.root = root.resolvingSymlinksInPath() }

    /// A name below the root, of parts that are names and nothing else.
    func url(_ path: String) throws -> URL {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isClean = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.count <= 200 && !part.hasPrefix(".")
                && part.unicodeScalars.allSatisfy { $0.value >= 32 && $0 != "\u{7f}" && $0 != "\\" }
        }
        guard isClean, !parts.isEmpty, parts.count <= 16 else {
            throw RuntimeFailure("\"\(path.prefix(80))\" is no path below the app's folder")
        }
        return parts.reduce(root) { $0.appending(path: String($1)) }
    }

    /// sha256 of what is there, and how many bytes of a file of the hash asked for came before its
    /// connection broke.
    func have(_ path: String, sha256: String?) throws -> [String: Any] {
        let file = try url(path)
        let found = try? contentHash(of: file)
        let begun = try sha256.map { try size(of: unfinished(file, $0)) } ?? 0
        return ["sha256": found as Any? ?? NSNull(), "bytes": begun]
    }

    /// Take the rest of a file from `offset` on; it is there once its hash is right.
    func put(
        _ path: String, sha256: String, bytes: Int, offset: Int, from stream: Stream
    ) throws {
        let file = try url(path)
        let part = try unfinished(file, sha256)
        guard 0...Self.mostBytes ~= bytes, 0...bytes ~= offset else {
            throw RuntimeFailure(
                "\(bytes) bytes from \(offset) on: at most \(Self.mostBytes) are taken")
        }
        let begun = size(of: part)
        guard offset <= begun else {
            throw RuntimeFailure("\(begun) bytes of \(path) are here: it cannot go on at \(offset)")
        }
        try requireSpace(bytes - offset)
        let files = FileManager.default
        try files.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        if !files.fileExists(atPath: part.path) { try Data().write(to: part) }
        try append(to: part, at: offset, bytes - offset, from: stream)
        guard try contentHash(of: part) == sha256 else {
            try files.removeItem(at: part)
            throw RuntimeFailure("what arrived as \(path) is not what was sent: send it again")
        }
        if files.fileExists(atPath: file.path) { try files.removeItem(at: file) }
        try files.moveItem(at: part, to: file)
    }

    func clean() throws {
        if FileManager.default.fileExists(atPath: root.path) {
            try FileManager.default.removeItem(at: root)
        }
    }

    private func append(to part: URL, at offset: Int, _ count: Int, from stream: Stream) throws {
        let handle = try FileHandle(forWritingTo: part)
        defer { try? handle.close() }
        try handle.truncate(atOffset: UInt64(offset))
        try handle.seekToEnd()
        try stream.read(count) { try handle.write(contentsOf: $0) }
    }

    /// Hidden: no path from outside begins with a dot, so none names it.
    private func unfinished(_ file: URL, _ sha256: String) throws -> URL {
        guard sha256.count == 64, sha256.allSatisfy({ "0123456789abcdef".contains($0) }) else {
            throw RuntimeFailure("\"sha256\" is not 64 hexadecimal digits")
        }
        let name = ".\(file.lastPathComponent.prefix(100)).\(sha256.prefix(16))"
        return file.deletingLastPathComponent().appending(path: name)
    }

    private func size(of file: URL) -> Int {
        let facts = try? FileManager.default.attributesOfItem(atPath: file.path)
        return (facts?[.size] as? NSNumber)?.intValue ?? 0
    }

    private func requireSpace(_ bytes: Int) throws {
        let place =
            FileManager.default.fileExists(atPath: root.path)
            ? root.path : NSTemporaryDirectory()
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: place)
        guard let free = (facts?[.systemFreeSize] as? NSNumber)?.intValue else { return }
        guard bytes + Self.spareBytes <= free else {
            throw RuntimeFailure(
                "the phone has \(free / 1_000_000) MB left, \(bytes / 1_000_000) MB are sent: "
                    + "make room on it")
        }
    }
}
