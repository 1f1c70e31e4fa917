import Core
import Foundation
import Runtime
import SwiftUI

#if !os(Linux)  // There the tests are the program.
    @main
#endif
struct IRRViTApp: SwiftUI.App {
    @State private var main: MainModel
    @State private var benchmark: BenchmarkModel

    init() {
        let parts = AppParts(folders: .ofApp)
        _main = State(wrappedValue: parts.main)
        _benchmark = State(wrappedValue: parts.benchmark)
    }

    var body: some Scene {
        WindowGroup {
            RootView(
                main: main, benchmark: benchmark, arguments: ProcessInfo.processInfo.arguments)
        }
    }
}

/// The camera; or the benchmark's page alone, where `irrvit-bench --bundle-id` has Xcode start it.
struct RootView: View {
    let main: MainModel
    let benchmark: BenchmarkModel
    let arguments: [String]

    var body: some View {
        if arguments.contains("--benchmark") {
            NavigationStack { BenchmarkView(model: benchmark) }
        } else {
            MainView(model: main, benchmark: benchmark)
        }
    }
}

/// Where the app finds and keeps things.
struct Folders: Sendable {
    /// Models and golden pictures that were built in.
    let builtIn: URL
    /// What a person sees in Files: models that were added, and records.
    let documents: URL
    /// What iOS may throw away: compiled models, and what irrvit-bench has sent.
    let caches: URL

    static let ofApp = Folders(
        builtIn: Bundle.main.bundleURL.appending(path: "BuiltIn"),
        documents: own(.documentDirectory), caches: own(.cachesDirectory))

    private static func own(_ kind: FileManager.SearchPathDirectory) -> URL {
        FileManager.default.urls(for: kind, in: .userDomainMask)[0]
    }
}

/// The app put together.
@MainActor struct AppParts {
    let main: MainModel
    let benchmark: BenchmarkModel

    init(folders: Folders) {
        let models = Models(
            builtIn: folders.builtIn.appending(path: "models"),
            documents: folders.documents.appending(path: "models"))
        let pictures = Pictures(folder: folders.builtIn.appending(path: "golden"))
        let compiled = CompiledModels(folder: folders.caches.appending(path: "compiled"))
        let open: OpenRuntime = { package, sha256, accelerator in
            try compiled.open(package, sha256: sha256, accelerator: accelerator)
        }
        let choices = models.choices()
        main = MainModel(choices: choices, engine: Engine(pictures: pictures, open: open))
        benchmark = BenchmarkModel(
            choices: choices,
            parts: BenchmarkParts(
                facts: DeviceFacts(), pictures: pictures, open: open,
                records: folders.documents.appending(path: "measurements"),
                pushed: folders.caches.appending(path: "pushed")))
    }
}
