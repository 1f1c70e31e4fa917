@_exported import CoreVideo
import Foundation

// What this app uses of Apple's Core ML. The answers are those of the project's own interpreter of
// Core ML programs, which runs the very package. The comment behind a declaration is the name that
// Apple's headers have for it: tests/ios holds it against them.

public enum MLComputeUnits: Int, Sendable {  // name: MLComputeUnits
    case cpuOnly = 0  // value: MLComputeUnitsCPUOnly 0
    case cpuAndGPU = 1  // value: MLComputeUnitsCPUAndGPU 1
    case all = 2  // value: MLComputeUnitsAll 2
    case cpuAndNeuralEngine = 3  // value: MLComputeUnitsCPUAndNeuralEngine 3
}

open class MLModelConfiguration: NSObject {  // name: MLModelConfiguration
    public var computeUnits = MLComputeUnits.all  // method: MLModelConfiguration setComputeUnits:
    public override init() {}  // swift: of NSObject
}

public protocol MLFeatureProvider: AnyObject {  // name: MLFeatureProvider
    var featureNames: Set<String> { get }  // method: MLFeatureProvider featureNames
    func featureValue(for featureName: String) -> MLFeatureValue?  // method: MLFeatureProvider featureValueForName:
}

public final class MLFeatureValue: NSObject {  // name: MLFeatureValue
    public let imageBufferValue: CVPixelBuffer?  // method: MLFeatureValue imageBufferValue
    public let multiArrayValue: MLMultiArray?  // method: MLFeatureValue multiArrayValue
    public init(pixelBuffer: CVPixelBuffer) {  // method: MLFeatureValue featureValueWithPixelBuffer:
        (imageBufferValue, multiArrayValue) = (pixelBuffer, nil)
    }
    public init(multiArray: MLMultiArray) {  // method: MLFeatureValue featureValueWithMultiArray:
        (imageBufferValue, multiArrayValue) = (nil, multiArray)
    }
}

public final class MLDictionaryFeatureProvider: NSObject, MLFeatureProvider {  // name: MLDictionaryFeatureProvider
    private let values: [String: Any]
    public init(dictionary: [String: Any]) throws { values = dictionary }  // method: MLDictionaryFeatureProvider initWithDictionary:error:
    public var featureNames: Set<String> { Set(values.keys) }  // method: MLFeatureProvider featureNames
    public func featureValue(for featureName: String) -> MLFeatureValue? {  // method: MLFeatureProvider featureValueForName:
        values[featureName] as? MLFeatureValue
    }
}

public enum MLMultiArrayDataType: Int, Sendable {  // name: MLMultiArrayDataType
    case float32 = 0x10020  // value: MLMultiArrayDataTypeFloat32 0x10000|32
    case float16 = 0x10010  // value: MLMultiArrayDataTypeFloat16 0x10000|16
}

public final class MLMultiArray: NSObject {  // name: MLMultiArray
    public let shape: [NSNumber]  // method: MLMultiArray shape
    public let dataType: MLMultiArrayDataType  // method: MLMultiArray dataType
    public var count: Int { values.count }  // method: MLMultiArray count
    private var values: [Float]

    public init(shape: [NSNumber], dataType: MLMultiArrayDataType) throws {  // method: MLMultiArray initWithShape:dataType:error:
        (self.shape, self.dataType) = (shape, dataType)
        values = [Float](repeating: 0, count: shape.reduce(1) { $0 * $1.intValue })
    }

    public func withUnsafeBufferPointer<S, R>(  // swift: an overlay of getBytesWithHandler:
        ofType type: S.Type, _ body: (UnsafeBufferPointer<S>) throws -> R
    ) rethrows -> R {
        precondition(S.self == Float.self && dataType == .float32, "not the type of its numbers")
        return try values.withUnsafeBytes { try body($0.bindMemory(to: S.self)) }
    }

    public func withUnsafeMutableBufferPointer<S, R>(  // swift: an overlay of getMutableBytesWithHandler:
        ofType type: S.Type, _ body: (UnsafeMutableBufferPointer<S>, [Int]) throws -> R
    ) rethrows -> R {
        precondition(S.self == Float.self && dataType == .float32, "not the type of its numbers")
        return try values.withUnsafeMutableBytes { try body($0.bindMemory(to: S.self), []) }
    }
}

public final class MLFeatureDescription: NSObject {  // name: MLFeatureDescription
    public let imageConstraint: MLImageConstraint?  // method: MLFeatureDescription imageConstraint
    public let multiArrayConstraint: MLMultiArrayConstraint?  // method: MLFeatureDescription multiArrayConstraint
    init(_ image: MLImageConstraint?, _ array: MLMultiArrayConstraint?) {
        (imageConstraint, multiArrayConstraint) = (image, array)
    }
}
public final class MLImageConstraint: NSObject {  // name: MLImageConstraint
    public let pixelsWide: Int  // method: MLImageConstraint pixelsWide
    public let pixelsHigh: Int  // method: MLImageConstraint pixelsHigh
    init(_ width: Int, _ height: Int) { (pixelsWide, pixelsHigh) = (width, height) }
}
public final class MLMultiArrayConstraint: NSObject {  // name: MLMultiArrayConstraint
    public let shape: [NSNumber]  // method: MLMultiArrayConstraint shape
    init(_ shape: [NSNumber]) { self.shape = shape }
}
public final class MLModelDescription: NSObject {  // name: MLModelDescription
    public let inputDescriptionsByName: [String: MLFeatureDescription]  // method: MLModelDescription inputDescriptionsByName
    public let outputDescriptionsByName: [String: MLFeatureDescription]  // method: MLModelDescription outputDescriptionsByName
    init(_ inputs: [String: MLFeatureDescription], _ outputs: [String: MLFeatureDescription]) {
        (inputDescriptionsByName, outputDescriptionsByName) = (inputs, outputs)
    }
}

public final class MLModel: NSObject {  // name: MLModel
    public let modelDescription: MLModelDescription  // method: MLModel modelDescription
    private let oracle: Oracle
    private let outputs: [String]

    public static func compileModel(at modelURL: URL) async throws -> URL {  // method: MLModel compileModelAtURL:completionHandler:
        try compile(modelURL)
    }
    @available(*, deprecated, message: "Use the asynchronous one") @_disfavoredOverload
    public static func compileModel(at modelURL: URL) throws -> URL { try compile(modelURL) }  // method: MLModel compileModelAtURL:error:

    private static func compile(_ url: URL) throws -> URL {
        if PlayedCoreML.shared.cannotCompile { throw failure("compiler error: unknown opset CoreML9") }
        guard FileManager.default.fileExists(atPath: url.appending(path: "Manifest.json").path)
        else { throw failure("\(url.path) is no package", 3) }
        PlayedCoreML.shared.countCompilation()
        let name = url.deletingPathExtension().lastPathComponent
        let folder = FileManager.default.temporaryDirectory
        let compiled = folder.appending(path: "\(UUID().uuidString)-\(name).mlmodelc")
        try FileManager.default.copyItem(at: url, to: compiled)
        return compiled
    }

    public init(contentsOf url: URL, configuration: MLModelConfiguration) throws {  // method: MLModel modelWithContentsOfURL:configuration:error:
        dispatchPrecondition(condition: .notOnQueue(.main))  // It takes seconds.
        guard url.pathExtension == "mlmodelc" else {
            throw failure("\(url.lastPathComponent) is not a compiled model", 3)
        }
        oracle = try Oracle()
        let facts = try oracle.ask(["do": "load", "path": url.path])
        let inputs = facts["inputs"] as? [String: [Int]] ?? [:]
        let played = PlayedCoreML.shared.outputName.map { [$0] }
        outputs = played ?? facts["outputs"] as? [String] ?? []
        let arrays = outputs.map { ($0, MLFeatureDescription(nil, MLMultiArrayConstraint([]))) }
        modelDescription = MLModelDescription(
            inputs.mapValues { MLFeatureDescription(shape: $0) },
            Dictionary(uniqueKeysWithValues: arrays))
    }

    public func prediction(from input: any MLFeatureProvider) throws -> any MLFeatureProvider {  // method: MLModel predictionFromFeatures:error:
        dispatchPrecondition(condition: .notOnQueue(.main))
        let play = PlayedCoreML.shared
        if let seconds = play.delay { Thread.sleep(forTimeInterval: seconds) }
        if play.isBroken { throw failure("E5RT: the Neural Engine timed out") }
        guard let name = input.featureNames.first, let value = input.featureValue(for: name) else {
            throw failure("no input was given")
        }
        let answer = try oracle.ask(question(name, value))
        let values = try (answer["outputs"] as? [String: [NSNumber]] ?? [:]).map { name, numbers in
            (outputs.first ?? name, try MLFeatureValue(multiArray: array(play.changed(numbers))))
        }
        return try MLDictionaryFeatureProvider(dictionary: Dictionary(uniqueKeysWithValues: values))
    }

    @available(iOS 17.0, macOS 14.0, *)
    public func prediction(from input: any MLFeatureProvider) async throws -> any MLFeatureProvider {  // method: MLModel predictionFromFeatures:completionHandler:
        let blocking: (any MLFeatureProvider) throws -> any MLFeatureProvider = prediction(from:)
        return try blocking(input)
    }
}

extension MLFeatureDescription {
    /// (1, 3, H, W) is a picture; anything else is numbers.
    fileprivate convenience init(shape: [Int]) {
        if shape.count == 4, shape[1] == 3 {
            self.init(MLImageConstraint(shape[3], shape[2]), nil)
        } else {
            self.init(nil, MLMultiArrayConstraint(shape.map { NSNumber(value: $0) }))
        }
    }
}

private func question(_ name: String, _ value: MLFeatureValue) throws -> [String: Any] {
    if let buffer = value.imageBufferValue {
        guard buffer.format == kCVPixelFormatType_32BGRA else { throw failure("not BGRA") }
        var rgb = Data(capacity: 3 * buffer.width * buffer.height)
        for y in 0..<buffer.height {
            for x in 0..<buffer.width {
                let at = y * buffer.bytesPerRow + 4 * x
                for c in [2, 1, 0] { rgb.append(buffer.base.load(fromByteOffset: at + c, as: UInt8.self)) }
            }
        }
        let size = [buffer.height, buffer.width]
        return ["do": "run", "input": name, "image": rgb.base64EncodedString(), "size": size]
    }
    guard let array = value.multiArrayValue else { throw failure("no value was given") }
    let bytes = array.withUnsafeBufferPointer(ofType: Float.self) { Data(buffer: $0) }
    return ["do": "run", "input": name, "floats": bytes.base64EncodedString()]
}

private func array(_ values: [NSNumber]) throws -> MLMultiArray {
    let shape = [1, NSNumber(value: values.count)]
    let array = try MLMultiArray(shape: shape, dataType: .float32)
    array.withUnsafeMutableBufferPointer(ofType: Float.self) { out, _ in
        for (i, value) in values.enumerated() { out[i] = value.floatValue }
    }
    return array
}

/// Core ML, as a test plays it.
package final class PlayedCoreML: @unchecked Sendable {
    package static let shared = PlayedCoreML()
    private let lock = NSLock()
    private var compiled = 0
    /// This system does not know the model's opset.
    package var cannotCompile = false
    /// A loaded model fails.
    package var isBroken = false
    /// What is added to the first output: a device that computes wrongly.
    package var error: Float = 0
    /// What loaded models call their output, if not what their package does.
    package var outputName: String?
    /// Seconds that a prediction takes longer.
    package var delay: Double?
    /// Where operations go unless only the CPU may be used.
    package var units: [MLComputeUnits] = [.cpuAndNeuralEngine]

    package func reset() {
        (cannotCompile, isBroken, error, outputName, delay) = (false, false, 0, nil, nil)
        units = [.cpuAndNeuralEngine]
    }

    package var compilations: Int { lock.withLock { compiled } }
    fileprivate func countCompilation() { lock.withLock { compiled += 1 } }
    fileprivate func changed(_ values: [NSNumber]) -> [NSNumber] {
        guard error != 0, let first = values.first else { return values }
        return [NSNumber(value: first.floatValue + error)] + values.dropFirst()
    }
}
