import Core
import Foundation
import Runtime

/// The model in use. It is loaded on a queue of its own and used on the camera's, never on the main
/// thread.
final class Engine: Sendable {
    private let queue = DispatchQueue(label: "engine", qos: .userInitiated)
    private let pictures: Pictures
    private let open: OpenRuntime
    private let classifier = Locked<(any Classifier)?>(nil)

    init(pictures: Pictures, open: @escaping OpenRuntime) {
        (self.pictures, self.open) = (pictures, open)
    }

    /// Load a model and show it the golden pictures. If it cannot be used, there is none.
    func use(_ choice: Choice, on accelerator: Accelerator) async throws -> GoldenAgreement {
        try await onQueue { [self] in
            classifier.set(nil)
            let artifact = try Artifact(folder: choice.folder)
            let manifest = artifact.manifest
            let runtime = try open(try artifact.package(), manifest.sha256, accelerator)
            let opened = try FileClassifier(manifest, runtime, asked: accelerator)
            let check = try selfCheck(manifest, opened, pictures: pictures.golden)
            classifier.set(opened)
            return check
        }
    }

    /// What a frame shows; nil while there is no model. Blocks for as long as it takes.
    func classify(_ frame: Frame, _ source: Source) -> UiState? {
        classifier.change { classifier in
            guard let classifier else { return nil }
            do {
                let prediction = try classifier.classify(frame)
                return .running(
                    Seen(
                        prediction: prediction, labels: classifier.labels,
                        description: classifier.description, source: source))
            } catch {
                return .failed(failureText(error), .reload)
            }
        }
    }

    /// What a picture's file shows.
    func classify(_ content: Data) async throws -> UiState? {
        try await onQueue { [self] in
            var seen: UiState?
            try Pictures.picked(content).look { seen = classify($0, .picture) }
            return seen
        }
    }

    /// Give back its memory.
    func close() {
        queue.async { [self] in classifier.set(nil) }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// How many things happened in the last second.
struct Rate {
    private var times: [UInt64] = []

    /// - Parameter now: nanoseconds of a clock that never jumps.
    mutating func add(_ now: UInt64) -> Int {
        times.removeAll { now - $0 >= 1_000_000_000 }
        times.append(now)
        return times.count
    }
}
