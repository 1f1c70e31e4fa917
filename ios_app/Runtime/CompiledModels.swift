import CoreML
import Foundation

/// What Core ML made of packages on this very system, kept so that it is made once.
public struct CompiledModels: Sendable {
    private let folder: URL

    /// - Parameter folder: may be emptied at any time, as iOS does with its caches.
    public init(folder: URL) { self.folder = folder }

    /// Open a package whose hash is known, compiled now if it never was by this system. Blocks.
    public func open(
        _ package: URL, sha256: String, accelerator: Accelerator
    ) throws -> CoreMLRuntime {
        let compiled = try compile(package, sha256)
        do {
            return try CoreMLRuntime(compiled: compiled, accelerator: accelerator)
        } catch let fault as RuntimeFailure {
            throw fault
        } catch {
            // What was kept may be damaged: it is made once more.
            try? FileManager.default.removeItem(at: compiled)
            let again = try compile(package, sha256)
            do {
                return try CoreMLRuntime(compiled: again, accelerator: accelerator)
            } catch {
                throw RuntimeFailure(
                    "\(package.lastPathComponent) cannot be loaded: \(failureText(error))")
            }
        }
    }

    private func compile(_ package: URL, _ sha256: String) throws -> URL {
        let files = FileManager.default
        let kept = folder.appending(path: "\(sha256)-\(systemBuild()).mlmodelc")
        if files.fileExists(atPath: kept.path) { return kept }
        let compiled: URL
        do {
            compiled = try waitFor { try await MLModel.compileModel(at: package) }
        } catch {
            throw RuntimeFailure(
                "this system could not compile \(package.lastPathComponent) (\(failureText(error))); "
                    + "update iOS, or export the model again")
        }
        // What Core ML made lies in a temporary folder; once moved there is nothing to remove.
        defer { try? files.removeItem(at: compiled) }
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try files.moveItem(at: compiled, to: kept)
        } catch  where files.fileExists(atPath: kept.path) {
            // Another thread was quicker.
        }
        return kept
    }
}

/// Another system compiles otherwise.
private func systemBuild() -> String {
    ProcessInfo.processInfo.operatingSystemVersionString.filter { $0.isLetter || $0.isNumber }
}
