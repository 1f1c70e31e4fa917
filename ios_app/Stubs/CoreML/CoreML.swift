@_exported import CoreVideo
import Foundation

// What this app uses of Apple's Core ML. The answers are those of the project's own interpreter of
// Core ML programs, which runs the very package. The comment above a declaration is the name that
// Apple's headers have for it: tests/ios holds it against them.

// name: MLComputeUnits
public enum MLComputeUnits: Int, Sendable {
    // value: MLComputeUnitsCPUOnly 0
    case cpuOnly = 0
    // value: MLComputeUnitsCPUAndGPU 1
    case cpuAndGPU = 1
    // value: MLComputeUnitsAll 2
    case all = 2
    // value: MLComputeUnitsCPUAndNeuralEngine 3
    case cpuAndNeuralEngine = 3
}

// name: MLModelConfiguration
open class MLModelConfiguration: NSObject {
    // method: MLModelConfiguration setComputeUnits:
    public var computeUnits = MLComputeUnits.all
    // swift: of NSObject
    public override init() {}
}

// name: MLFeatureProvider
public protocol MLFeatureProvider: AnyObject {
    // method: MLFeatureProvider featureNames
    var featureNames: Set<String> { get }
    // method: MLFeatureProvider featureValueForName:
    func featureValue(for featureName: String) -> MLFeatureValue?
}

// name: MLFeatureValue
public final class MLFeatureValue: NSObject {
    // method: MLFeatureValue imageBufferValue
    public let imageBufferValue: CVPixelBuffer?
    // method: MLFeatureValue multiArrayValue
    public let multiArrayValue: MLMultiArray?
    // method: MLFeatureValue featureValueWithPixelBuffer:
    public init(pixelBuffer: CVPixelBuffer) {
        (imageBufferValue, multiArrayValue) = (pixelBuffer, nil)
    }
    // method: MLFeatureValue featureValueWithMultiArray:
    public init(multiArray: MLMultiArray) {
        (imageBufferValue, multiArrayValue) = (nil, multiArray)
    }
}

// name: MLDictionaryFeatureProvider
public final class MLDictionaryFeatureProvider: NSObject, MLFeatureProvider {
    private let values: [String: Any]
    // method: MLDictionaryFeatureProvider initWithDictionary:error:
    public init(dictionary: [String: Any]) throws { values = dictionary }
    // method: MLFeatureProvider featureNames
    public var featureNames: Set<String> { Set(values.keys) }
    // method: MLFeatureProvider featureValueForName:
    public func featureValue(for featureName: String) -> MLFeatureValue? {
        values[featureName] as? MLFeatureValue
    }
}

// name: MLMultiArrayDataType
public enum MLMultiArrayDataType: Int, Sendable {
    // value: MLMultiArrayDataTypeFloat32 0x10000|32
    case float32 = 0x10020
    // value: MLMultiArrayDataTypeFloat16 0x10000|16
    case float16 = 0x10010
}

// name: MLMultiArray
public final class MLMultiArray: NSObject {
    // method: MLMultiArray shape
    public let shape: [NSNumber]
    // method: MLMultiArray dataType
    public let dataType: MLMultiArrayDataType
    // method: MLMultiArray count
    public var count: Int { values.count }
    private var values: [Float]

    // method: MLMultiArray initWithShape:dataType:error:
    public init(shape: [NSNumber], dataType: MLMultiArrayDataType) throws {
        (self.shape, self.dataType) = (shape, dataType)
        values = [Float](repeating: 0, count: shape.reduce(1) { $0 * $1.intValue })
    }

    // swift: an overlay of getBytesWithHandler:
    public func withUnsafeBufferPointer<S, R>(
        ofType type: S.Type, _ body: (UnsafeBufferPointer<S>) throws -> R
    ) rethrows -> R {
        precondition(S.self == Float.self && dataType == .float32, "not the type of its numbers")
        return try values.withUnsafeBytes { try body($0.bindMemory(to: S.self)) }
    }

    // swift: an overlay of getMutableBytesWithHandler:
    public func withUnsafeMutableBufferPointer<S, R>(
        ofType type: S.Type, _ body: (UnsafeMutableBufferPointer<S>, [Int]) throws -> R
    ) rethrows -> R {
        precondition(S.self == Float.self && dataType == .float32, "not the type of its numbers")
        return try values.withUnsafeMutableBytes { try body($0.bindMemory(to: S.self), []) }
    }
}

// name: MLFeatureDescription
public final class MLFeatureDescription: NSObject {
    // method: MLFeatureDescription imageConstraint
    public let imageConstraint: MLImageConstraint?
    // method: MLFeatureDescription multiArrayConstraint
    public let multiArrayConstraint: MLMultiArrayConstraint?
    init(_ image: MLImageConstraint?, _ array: MLMultiArrayConstraint?) {
        (imageConstraint, multiArrayConstraint) = (image, array)
    }
}
// name: MLImageConstraint
public final class MLImageConstraint: NSObject {
    // method: MLImageConstraint pixelsWide
    public let pixelsWide: Int
    // method: MLImageConstraint pixelsHigh
    public let pixelsHigh: Int
    init(_ width: Int, _ height: Int) { (pixelsWide, pixelsHigh) = (width, height) }
}
// name: MLMultiArrayConstraint
public final class MLMultiArrayConstraint: NSObject {
    // method: MLMultiArrayConstraint shape
    public let shape: [NSNumber]
    init(_ shape: [NSNumber]) { self.shape = shape }
}
// name: MLModelDescription
public final class MLModelDescription: NSObject {
    // method: MLModelDescription inputDescriptionsByName
    public let inputDescriptionsByName: [String: MLFeatureDescription]
    // method: MLModelDescription outputDescriptionsByName
    public let outputDescriptionsByName: [String: MLFeatureDescription]
    init(_ inputs: [String: MLFeatureDescription], _ outputs: [String: MLFeatureDescription]) {
        (inputDescriptionsByName, outputDescriptionsByName) = (inputs, outputs)
    }
}

// name: MLModel
public final class MLModel: NSObject {
    // method: MLModel modelDescription
    public let modelDescription: MLModelDescription
    private let oracle: Oracle
    private let outputs: [String]

    // method: MLModel compileModelAtURL:completionHandler:
    public static func compileModel(at modelURL: URL) async throws -> URL {
        try compile(modelURL)
    }
    @available(*, deprecated, message: "Use the asynchronous one") @_disfavoredOverload
    // method: MLModel compileModelAtURL:error:
    public static func compileModel(at modelURL: URL) throws -> URL { try compile(modelURL) }

    private static func compile(_ url: URL) throws -> URL {
        if PlayedCoreML.shared.cannotCompile {
            throw failure("compiler error: unknown opset CoreML9")
        }
        guard FileManager.default.fileExists(atPath: url.appending(path: "Manifest.json").path)
        else { throw failure("\(url.path) is no package", 3) }
        PlayedCoreML.shared.countCompilation()
        let name = url.deletingPathExtension().lastPathComponent
        let folder = FileManager.default.temporaryDirectory
        let compiled = folder.appending(path: "\(UUID().uuidString)-\(name).mlmodelc")
        try FileManager.default.copyItem(at: url, to: compiled)
        return compiled
    }

    // method: MLModel modelWithContentsOfURL:configuration:error:
    public init(contentsOf url: URL, configuration: MLModelConfiguration) throws {
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

    // method: MLModel predictionFromFeatures:error:
    public func prediction(from input: any MLFeatureProvider) throws -> any MLFeatureProvider {
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
    // method: MLModel predictionFromFeatures:completionHandler:
    public func prediction(from input: any MLFeatureProvider) async throws -> any MLFeatureProvider
    {
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
                for c in [2, 1, 0] {
                    rgb.append(buffer.base.load(fromByteOffset: at + c, as: UInt8.self))
                }
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
