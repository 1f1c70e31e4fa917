import Foundation

/// The picture a network expects; `resize` and `crop` as in Python's `InputSpec`.
public struct InputSpec: Equatable, Sendable {
    public let height, width, resize: Int
    public let interpolation: Interpolation

    public init(height: Int, width: Int, resize: Int, interpolation: Interpolation) {
        (self.height, self.width, self.resize) = (height, width, resize)
        self.interpolation = interpolation
    }
}

public enum Interpolation: String, CaseIterable, Sendable {
    case nearest, bilinear, bicubic, lanczos
}

/// A picture that comes with the app, and what PyTorch says about it: classes, best first.
public struct GoldenCase: Equatable, Sendable {
    public let picture: String
    public let top5: [Int]
    public let logits: [Double]
    /// What decides in the logits; manifests written before say nothing about it.
    public let scale: Double?

    public init(picture: String, top5: [Int], logits: [Double], scale: Double? = nil) {
        (self.picture, self.top5, self.logits, self.scale) = (picture, top5, logits, scale)
    }
}

/// What is known about a model file: `manifest.json` beside it. Nothing else may be read about it.
public struct Manifest: Equatable, Sendable {
    public var model, target, precision: String
    public var file, sha256: String
    public var sizeBytes, macs: Int
    public var input: InputSpec
    public var labels: [String]
    /// How far a logit may be off, as a share of what decides in the logits.
    public var maxRel: Double
    /// What can open the file, for example "iOS16, ML Program"; empty if the manifest does not say.
    public var compatibility: String
    public var golden: [GoldenCase]
}

/// A manifest cannot be used; the message names the field.
public struct BadManifest: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// Read a manifest, or throw `BadManifest` with the first field that is missing or wrong.
public func parseManifest(_ json: Data) throws -> Manifest {
    let root: Field
    do {
        root = Field(value: try JSONSerialization.jsonObject(with: json), name: "")
    } catch {
        throw BadManifest(description: "manifest.json is not JSON; export the model again")
    }
    guard try root["schema_version"].whole() == 1 else {
        throw try root["schema_version"].wrong("1")
    }
    try requireClassifier(root["task"])
    guard let parity = try root["parity"].list().first else {
        throw try root["parity"].wrong("a list that is not empty")
    }
    return Manifest(
        model: try root["model"].text(),
        target: try root["target"].text(),
        precision: try root["precision"].oneOf(precisions),
        file: try root["file"].fileName(),
        sha256: try root["sha256"].hash(),
        sizeBytes: try root["size_bytes"].whole(),
        macs: try root["macs"].whole(),
        input: try inputSpec(root["input"]),
        labels: try root["labels"].list().map { try $0.text() },
        maxRel: try parity["tolerance"]["max_rel"].number(),
        compatibility: (try? root["compatibility"].text()) ?? "",
        golden: try root["golden"].list().map(goldenCase)
    )
}

/// Only of a classifier can an app say what a picture shows; older manifests are of no other.
private func requireClassifier(_ task: Field) throws {
    guard let said = task.value, !(said is NSNull), try task.text() != "classification" else {
        return
    }
    throw BadManifest(
        description: "manifest.json: task is \(said): this app says what a picture shows, and "
            + "takes classifiers only")
}

private let precisions = ["fp32", "fp16", "int8", "w8", "w6", "w4"]

private func inputSpec(_ field: Field) throws -> InputSpec {
    _ = try field["color"].oneOf(["RGB"])
    _ = try field["crop"].oneOf(["center"])
    let filters = Interpolation.allCases.map(\.rawValue)
    return InputSpec(
        height: try field["height"].whole(),
        width: try field["width"].whole(),
        resize: try field["resize"].whole(),
        interpolation: Interpolation(rawValue: try field["interpolation"].oneOf(filters))!
    )
}

private func goldenCase(_ field: Field) throws -> GoldenCase {
    _ = try field["picture_sha256"].hash()
    return GoldenCase(
        picture: try field["picture"].fileName(),
        top5: try field["top5"].list().map { try $0.index() },
        logits: try field["logits"].list().map { try $0.number() },
        scale: try field["scale"].unlessMissing { try $0.positive() }
    )
}

/// A value and the way to it, for the message.
private struct Field {
    let value: Any?
    let name: String

    subscript(key: String) -> Field {
        get throws {
            guard let object = value as? [String: Any] else { throw wrong("an object") }
            return Field(value: object[key], name: name.isEmpty ? key : "\(name).\(key)")
        }
    }

    /// Nothing where it is missing or null.
    func unlessMissing<Read>(_ read: (Field) throws -> Read) rethrows -> Read? {
        isMissing ? nil : try read(self)
    }

    private var isMissing: Bool { value == nil || value is NSNull }

    func list() throws -> [Field] {
        guard let list = value as? [Any] else { throw wrong("a list") }
        return list.enumerated().map { Field(value: $1, name: "\(name).\($0)") }
    }

    func text() throws -> String {
        guard let text = value as? String else { throw wrong("a text") }
        return text
    }

    func number() throws -> Double {
        guard let number = value as? NSNumber else { throw wrong("a number") }
        return number.doubleValue
    }

    func positive() throws -> Double {
        let number = try number()
        guard number > 0 else { throw wrong("a number above 0") }
        return number
    }

    func whole() throws -> Int {
        guard let number = value as? NSNumber, let whole = Int(exactly: number.doubleValue),
            whole > 0
        else { throw wrong("a whole number above 0") }
        return whole
    }

    /// A class: a whole number from 0 on, and none so large that it is no Int.
    func index() throws -> Int {
        guard let number = value as? NSNumber, let index = Int(exactly: number.doubleValue),
            index >= 0
        else { throw wrong("a whole number from 0 on") }
        return index
    }

    func oneOf(_ allowed: [String]) throws -> String {
        guard let text = value as? String, allowed.contains(text) else {
            throw wrong(allowed.joined(separator: " or "))
        }
        return text
    }

    func hash() throws -> String { try matching(/[0-9a-f]{64}/, "64 hexadecimal digits") }

    /// A name in the manifest's own folder: it becomes part of a path. As Python's `FileName`.
    func fileName() throws -> String {
        try matching(/\.*[\p{L}\p{N}_+-][\p{L}\p{N}_.+-]*/, "the name of a file")
    }

    private func matching(_ pattern: Regex<Substring>, _ expected: String) throws -> String {
        let text = try text()
        guard text.wholeMatch(of: pattern) != nil else { throw wrong(expected) }
        return text
    }

    func wrong(_ expected: String) -> BadManifest {
        var found = "missing"
        if let value, !(value is NSNull) { found = String("\(value)".prefix(60)) }
        return BadManifest(
            description: "manifest.json: \(name.isEmpty ? "the whole" : name) is \(found), "
                + "expected \(expected); export the model again")
    }
}
