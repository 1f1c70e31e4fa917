import Core
import CoreML
import Foundation

/// Who computes each operation of a network, in order, as Core ML plans it; constants left out.
public struct ComputePlan: Equatable, Sendable {
    public struct Step: Equatable, Sendable {
        /// The name of its first output, by which our modules are found again.
        public let name: String
        /// Its name in Core ML, as "ios16.conv".
        public let kind: String
        public let unit: Accelerator
        /// The share of the network's cost that Core ML expects of it.
        public let cost: Double?
    }

    public let steps: [Step]

    /// How many operations each unit computes.
    public var nodes: [Accelerator: Int] {
        steps.reduce(into: [:]) { $0[$1.unit, default: 0] += 1 }
    }

    /// Runs of operations on one unit; between two of them values change hands.
    public var partitions: Int {
        steps.isEmpty ? 0 : 1 + zip(steps, steps.dropFirst()).count { $0.unit != $1.unit }
    }

    /// What is delegated is what the CPU does not compute, and all where the CPU was asked for.
    ///
    /// - Parameter asked: `all` stays what it is, for no unit is a fallback then.
    func placement(asked: Accelerator) -> Placement {
        let most = nodes.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
        let ran = asked == .all ? asked : most ?? asked
        let left = asked == .cpu ? 0 : nodes[.cpu, default: 0]
        return Placement(
            accelerator: ran.rawValue, nodesTotal: steps.count,
            nodesDelegated: steps.count - left, partitions: partitions,
            nodesOn: Dictionary(uniqueKeysWithValues: nodes.map { ($0.key.rawValue, $0.value) }))
    }

    /// For the screen: "Neural Engine 100, CPU 2 operations, 3 partitions".
    public var summary: String {
        let sorted = nodes.sorted { ($0.value, $1.key.name) > ($1.value, $0.key.name) }
        let units = sorted.map { "\($0.key.name) \($0.value)" }.joined(separator: ", ")
        return "\(units) operations, \(partitions) partition\(partitions == 1 ? "" : "s")"
    }

    /// Ask Core ML about a compiled model; nil where it does not say.
    static func load(_ compiled: URL, _ accelerator: Accelerator) throws -> ComputePlan? {
        guard #available(iOS 17.4, macOS 14.4, *) else { return nil }
        return try waitFor {
            let configuration = MLModelConfiguration()
            configuration.computeUnits = accelerator.units
            let plan = try await MLComputePlan.load(
                contentsOf: compiled, configuration: configuration)
            return listed(plan).map(ComputePlan.init)
        }
    }
}

@available(iOS 17.4, macOS 14.4, *)
private func listed(_ plan: MLComputePlan) -> [ComputePlan.Step]? {
    guard case .program(let program) = plan.modelStructure, let main = program.functions["main"]
    else { return nil }
    // Constants have no device.
    return main.block.operations.compactMap { operation in
        guard let usage = plan.deviceUsage(for: operation) else { return nil }
        return ComputePlan.Step(
            name: operation.outputs.first?.name ?? "", kind: operation.operatorName,
            unit: usage.preferred.unit, cost: plan.estimatedCost(of: operation)?.weight)
    }
}

extension MLComputeDevice {
    /// By a switch, for it is an enumeration: `is` never holds.
    fileprivate var unit: Accelerator {
        switch self {
        case .cpu: .cpu
        case .gpu: .gpu
        case .neuralEngine: .npu
        @unknown default: .cpu
        }
    }
}

extension Accelerator {
    var units: MLComputeUnits {
        switch self {
        case .cpu: .cpuOnly
        case .gpu: .cpuAndGPU
        case .npu: .cpuAndNeuralEngine
        case .all: .all
        }
    }
}
