import Foundation

// The record of a benchmark as Python reads it (`irrvit.benchmark.measurement`): every latency in
// its order, no averages; null where a phone does not say.

public let schema = 1

public struct DeviceInfo: Codable, Equatable, Sendable {
    public let kind, name, soc, os: String
    public let ramBytes: Int
    public let abi: String
    public let cores: Int
    /// Its latencies say nothing about a real device.
    public let emulated: Bool
    /// Tells phones apart without saying which one this is.
    public let idHash: String

    public init(
        kind: String = "iphone", name: String, soc: String, os: String, ramBytes: Int,
        abi: String = "arm64", cores: Int, emulated: Bool, idHash: String
    ) {
        (self.kind, self.name, self.soc, self.os) = (kind, name, soc, os)
        (self.ramBytes, self.abi, self.cores) = (ramBytes, abi, cores)
        (self.emulated, self.idHash) = (emulated, idHash)
    }
}

public struct RunConfig: Codable, Equatable, Sendable {
    public var runtime = "coreml"
    public var accelerator = "cpu"
    public var threads = 1
    /// Timed calls of each repeat, at least; `seconds` holds too.
    public var iterations = 50
    public var seconds = 1.0
    public var repeats = 8
    public var warmupS = 2.0
    public var settleS = 0.0
    public var timeoutS = 120.0
    public var seed = 0

    public init(accelerator: String) { self.accelerator = accelerator }
}

/// Who ran the network's operations; nil where the runtime does not say. `nodesOn` has how many ran
/// on each unit.
public struct Placement: Codable, Equatable, Sendable {
    public var accelerator: String
    @Nullable public var nodesTotal: Int?
    @Nullable public var nodesDelegated: Int?
    @Nullable public var partitions: Int?
    public var nodesOn: [String: Int]?

    public init(
        accelerator: String, nodesTotal: Int? = nil, nodesDelegated: Int? = nil,
        partitions: Int? = nil, nodesOn: [String: Int]? = nil
    ) {
        self.accelerator = accelerator
        (self.nodesTotal, self.nodesDelegated) = (nodesTotal, nodesDelegated)
        (self.partitions, self.nodesOn) = (partitions, nodesOn)
    }
}

public struct DeviceState: Codable, Equatable, Sendable {
    @Nullable public var load: Double?
    @Nullable public var temperatureC: Double?
    @Nullable public var frequencyMhz: Double?
    @Nullable public var batteryPercent: Double?
    @Nullable public var charging: Bool?
    /// In Android's words, from `none` to `critical`, and Apple's `fair`: warm, and not slowed down.
    @Nullable public var thermalStatus: String?
    public var isLowPower: Bool?
    public var atUtc: String

    public init(
        atUtc: String, batteryPercent: Double? = nil, charging: Bool? = nil,
        thermalStatus: String? = nil, isLowPower: Bool? = nil
    ) {
        (self.load, self.temperatureC, self.frequencyMhz) = (nil, nil, nil)
        (self.batteryPercent, self.charging) = (batteryPercent, charging)
        (self.thermalStatus, self.isLowPower, self.atUtc) = (thermalStatus, isLowPower, atUtc)
    }
}

/// One whole run, from loading the file.
public struct Repeat: Codable, Equatable, Sendable {
    public let loadMs: Double
    public let firstMs: Double
    public let warmup: Int
    public let blocksMs: [[Double]]
    /// Of how many calls each of them is the mean.
    public let callsPerValue: Int
    @Nullable public var ownCpuMs: Double?

    public init(
        loadMs: Double, firstMs: Double, warmup: Int, blocksMs: [[Double]], ownCpuMs: Double
    ) {
        (self.loadMs, self.firstMs, self.warmup) = (loadMs, firstMs, warmup)
        (self.blocksMs, callsPerValue) = (blocksMs, 1)
        self.ownCpuMs = ownCpuMs
    }
}

/// What a phone said about the golden pictures; `equalsCpu` is left out where it was not compared.
public struct Golden: Codable, Equatable, Sendable {
    public let cases: Int
    public let failures: [String]
    public let equalsCpu: Bool?

    public init(cases: Int, failures: [String], equalsCpu: Bool? = nil) {
        (self.cases, self.failures, self.equalsCpu) = (cases, failures, equalsCpu)
    }
}

/// What is known of a run besides its artifact; `during` is left out where nothing was asked.
public struct Run: Codable, Equatable, Sendable {
    public var runId: String
    public var device: DeviceInfo
    public var config: RunConfig
    public var runtimeVersion: String
    public var placement: Placement
    public var golden: Golden
    public var before: DeviceState
    public var after: DeviceState
    public var during: [DeviceState]?
    @Nullable public var backgroundCores: Double?
    public var repeats: [Repeat]
    /// All in one process, one after another: an app cannot start itself anew.
    public var repeatsShareProcess: Bool
    @Nullable public var peakMemoryBytes: Int?
    @Nullable public var idleMemoryBytes: Int?
    @Nullable public var peakGmacs: Double?
    public var interrupted: Bool
    public var startedUtc: String

    /// One that begins: what it finds out is added as it goes on.
    public init(
        device: DeviceInfo, config: RunConfig, runtimeVersion: String, placement: Placement,
        before: DeviceState
    ) {
        runId = UUID().uuidString.filter { $0 != "-" }.lowercased()
        (self.device, self.config) = (device, config)
        (self.runtimeVersion, self.placement) = (runtimeVersion, placement)
        (self.before, after, startedUtc) = (before, before, before.atUtc)
        golden = Golden(cases: 0, failures: [])
        (backgroundCores, peakMemoryBytes, idleMemoryBytes, peakGmacs) = (nil, nil, nil, nil)
        (repeats, repeatsShareProcess, interrupted) = ([], true, false)
    }
}

/// One artifact on one device, as a JSON object.
public func measurement(_ manifest: Manifest, _ run: Run) throws -> Data {
    guard var record = try jsonObject(run) as? [String: Any] else { return Data() }
    record["schema_version"] = schema
    record["artifact_sha256"] = manifest.sha256
    record["target"] = manifest.target
    record["variant"] = manifest.model
    record["precision"] = manifest.precision
    record["size_bytes"] = manifest.sizeBytes
    record["macs"] = manifest.macs
    return try JSONSerialization.data(withJSONObject: record, options: [.sortedKeys])
}

/// A record in the names that Python has for its fields.
public func jsonObject(_ record: some Encodable) throws -> Any {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try JSONSerialization.jsonObject(with: encoder.encode(record))
}

/// A value that is written as null where there is none, because Python asks for the field.
@propertyWrapper
public struct Nullable<Value: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}
