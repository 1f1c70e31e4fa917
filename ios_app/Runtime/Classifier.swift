import Core

/// What a picture shows; the two times are of this very picture.
public struct Prediction: Sendable, Equatable {
    public let guesses: [Guess]
    public let preprocessMs, inferenceMs: Double

    public init(guesses: [Guess], preprocessMs: Double, inferenceMs: Double) {
        (self.guesses, self.preprocessMs) = (guesses, preprocessMs)
        self.inferenceMs = inferenceMs
    }
}

/// Names what is in a picture.
public protocol Classifier: AnyObject {
    var labels: [String] { get }
    /// Who does it: runtime, units, operations.
    var description: String { get }

    func classify(_ frame: Frame) throws -> Prediction

    /// All outputs, for checks.
    func logits(_ frame: Frame) throws -> [Float]
}

/// A model in its runtime.
public final class FileClassifier: Classifier {
    public let labels: [String]
    public let description: String
    private let preprocessor: Preprocessor
    private let runtime: any Runtime
    private static let guesses = 5

    public init(_ manifest: Manifest, _ runtime: any Runtime, asked: Accelerator) throws {
        guard !manifest.labels.isEmpty else {
            throw RuntimeFailure(
                "\(manifest.model) names no classes, so nothing could be said about a picture: "
                    + "export it with --labels")
        }
        guard let (height, width) = runtime.pictureSize,
            (height, width) == (manifest.input.height, manifest.input.width)
        else {
            throw RuntimeFailure(
                "\(manifest.file) does not take pictures of \(manifest.input.width) x "
                    + "\(manifest.input.height), as its manifest says; export it again")
        }
        (labels, self.runtime) = (manifest.labels, runtime)
        preprocessor = Preprocessor(manifest.input)
        description = runtime.plan?.summary ?? "\(asked.name), as asked: before iOS 17.4 none tells"
    }

    public func classify(_ frame: Frame) throws -> Prediction {
        let start = nowNs()
        try prepare(frame)
        let prepared = nowNs()
        let logits = try checked(runtime.logits())
        let inferred = nowNs()
        return Prediction(
            guesses: try topK(logits, Self.guesses),
            preprocessMs: Double(prepared - start) / 1e6,
            inferenceMs: Double(inferred - prepared) / 1e6)
    }

    public func logits(_ frame: Frame) throws -> [Float] {
        try prepare(frame)
        return try checked(runtime.logits())
    }

    private func prepare(_ frame: Frame) throws {
        try preprocessor.preprocess(frame) { try runtime.set($0, order: frame.order) }
    }

    private func checked(_ logits: [Float]) throws -> [Float] {
        guard logits.count == labels.count else {
            throw RuntimeFailure(
                "the model gives out \(logits.count) values for \(labels.count) classes: it is "
                    + "no classifier, or its manifest is another's")
        }
        return logits
    }
}
