import Foundation
import Runtime

/// A model that can be picked; one that cannot be used says so when it is.
struct Choice: Hashable, Sendable {
    let name: String
    let folder: URL
}

/// The models that were built in, and those that a person put into the app's documents: folders as
/// `irrvit-export` writes them.
struct Models: Sendable {
    let builtIn: URL
    let documents: URL

    func choices() -> [Choice] {
        folders(in: builtIn).map { Choice(name: name(of: $0), folder: $0) }
            + folders(in: documents).map { Choice(name: "\(name(of: $0)), added", folder: $0) }
    }

    private func folders(in parent: URL) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: parent, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        return (found ?? []).filter(\.hasDirectoryPath)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    /// Its own if its manifest can be read, else that of its folder.
    private func name(of folder: URL) -> String {
        (try? Artifact(folder: folder).name) ?? folder.lastPathComponent
    }
}
