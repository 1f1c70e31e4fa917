import Core
import CoreML
import Foundation

/// A compiled model in Core ML.
public final class CoreMLRuntime: Runtime, @unchecked Sendable {
    public let version: String
    public let placement: Placement
    public let plan: ComputePlan?
    public let loadMs: Double
    private let model: MLModel
    private let input: ModelInput
    private let feed: MLDictionaryFeatureProvider
    private static let output = "logits"

    /// Blocks for as long as loading takes.
    ///
    /// - Parameter compiled: what `CompiledModels` made of a package.
    public init(compiled: URL, accelerator: Accelerator) throws {
        let configuration = MLModelConfiguration()
        configuration.computeUnits = accelerator.units
        let start = nowNs()
        model = try MLModel(contentsOf: compiled, configuration: configuration)
        loadMs = msSince(start)
        let inputs = model.modelDescription.inputDescriptionsByName
        guard inputs.count == 1, let (name, description) = inputs.first else {
            throw RuntimeFailure("the model takes \(inputs.count) inputs, expected one picture")
        }
        input = try ModelInput(description)
        feed = try MLDictionaryFeatureProvider(dictionary: [name: input.value])
        version = "Core ML, \(ProcessInfo.processInfo.operatingSystemVersionString)"
        plan = try? ComputePlan.load(compiled, accelerator)
        placement =
            plan?.placement(asked: accelerator) ?? Placement(accelerator: accelerator.rawValue)
    }

    public var pictureSize: (height: Int, width: Int)? { input.pictureSize }

    /// The names of what it gives out, for who wonders why there are no logits.
    var outputs: [String] { model.modelDescription.outputDescriptionsByName.keys.sorted() }

    public func set(_ values: [Float]) throws { try input.set(values) }

    public func set(_ pixels: UnsafeBufferPointer<UInt8>, order: ChannelOrder) throws {
        try input.set(pixels, order: order)
    }

    public func call() throws { _ = try model.prediction(from: feed) }

    public func logits() throws -> [Float] {
        let answer = try model.prediction(from: feed)
        guard let array = answer.featureValue(for: Self.output)?.multiArrayValue else {
            let found = outputs.joined(separator: ", ")
            throw RuntimeFailure(
                "the model gives out \(found), expected logits: it is no classifier")
        }
        guard array.dataType == .float32 else { throw RuntimeFailure("its logits are not float32") }
        return array.withUnsafeBufferPointer(ofType: Float.self) { Array($0) }
    }
}
