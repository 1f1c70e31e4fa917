import Core
import CryptoKit
import Foundation

/// A model and its manifest, in a folder as `irrvit-export` writes it.
public struct Artifact: Sendable {
    public let folder: URL
    public let manifest: Manifest

    public init(folder: URL) throws {
        self.folder = folder
        let content: Data
        do {
            content = try Data(contentsOf: folder.appending(path: "manifest.json"))
        } catch {
            throw RuntimeFailure(
                "\(folder.lastPathComponent) has no manifest.json that can be read; "
                    + "copy the model's folder again")
        }
        manifest = try parseManifest(content)
        guard manifest.target == "coreml" else {
            throw RuntimeFailure(
                "\(manifest.file) is for \(manifest.target), and iPhones run Core ML: "
                    + "irrvit-export --target coreml writes such a file")
        }
    }

    public var name: String { "\(manifest.model) \(manifest.precision)" }

    /// The package, after a look at whether it is the one that was checked.
    public func package() throws -> URL {
        let package = folder.appending(path: manifest.file)
        guard FileManager.default.fileExists(atPath: package.path) else {
            throw RuntimeFailure(
                "\(manifest.file) is missing, its manifest is there; copy it again")
        }
        guard try contentHash(of: package) == manifest.sha256 else {
            throw RuntimeFailure(
                "\(manifest.file) is damaged: it is not the file its manifest describes; "
                    + "copy it again")
        }
        return package
    }
}

/// sha256 of a file, or of a folder's relative names and contents in sorted order, as Python's
/// `irrvit.export.artifact.content_hash`.
public func contentHash(of url: URL) throws -> String {
    let files = FileManager.default
    let root = url.resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: root, isDirectory: &isFolder) else {
        throw RuntimeFailure("\(url.lastPathComponent) is missing")
    }
    guard isFolder.boolValue else { return try fileHash(root) }
    let names = files.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    let inside = names.filter { name in
        var isFolder: ObjCBool = false
        return files.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder)
            && !isFolder.boolValue
    }
    var digest = SHA256()
    for name in inside.sorted(by: precedes) {
        digest.update(data: Data("\(name)\0\(try fileHash("\(root)/\(name)"))\n".utf8))
    }
    return hex(digest.finalize())
}

/// Part by part, as Python sorts paths.
private func precedes(_ first: String, _ second: String) -> Bool {
    let parts = [first, second].map { $0.split(separator: "/").map { Array($0.unicodeScalars) } }
    return parts[0].lexicographicallyPrecedes(parts[1]) { $0.lexicographicallyPrecedes($1) }
}

private func fileHash(_ path: String) throws -> String {
    let content = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    return hex(SHA256.hash(data: content))
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// 16 digits that tell one text from another and do not tell it.
public func shortHash(_ text: String) -> String {
    String(hex(SHA256.hash(data: Data(text.utf8))).prefix(16))
}
