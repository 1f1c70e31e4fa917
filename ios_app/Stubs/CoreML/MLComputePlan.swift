import Foundation

// Where operations go: iOS 17.4 and later. In Swift `MLComputeDevice` and `MLModelStructure` are
// enumerations, in Objective-C classes.

// name: MLCPUComputeDevice
public final class MLCPUComputeDevice: NSObject {}
// name: MLGPUComputeDevice
public final class MLGPUComputeDevice: NSObject {}
// name: MLNeuralEngineComputeDevice
public final class MLNeuralEngineComputeDevice: NSObject {}

// name: MLComputeDeviceProtocol
public enum MLComputeDevice {
    // name: MLCPUComputeDevice
    case cpu(MLCPUComputeDevice)
    // name: MLGPUComputeDevice
    case gpu(MLGPUComputeDevice)
    // name: MLNeuralEngineComputeDevice
    case neuralEngine(MLNeuralEngineComputeDevice)
}

// name: MLModelStructure
public enum MLModelStructure {
    // method: MLModelStructure neuralNetwork
    case neuralNetwork(NeuralNetwork)
    // method: MLModelStructure program
    case program(Program)
    // method: MLModelStructure pipeline
    case pipeline(Pipeline)
    // swift: no structure that Core ML knows
    case unsupported
    // name: MLModelStructureNeuralNetwork
    public struct NeuralNetwork {}
    // name: MLModelStructurePipeline
    public struct Pipeline {}
    // name: MLModelStructureProgram
    public struct Program {
        // method: MLModelStructureProgram functions
        public let functions: [String: Function]
        // name: MLModelStructureProgramFunction
        public struct Function {
            // method: MLModelStructureProgramFunction block
            public let block: Block
        }
        // name: MLModelStructureProgramBlock
        public struct Block {
            // method: MLModelStructureProgramBlock operations
            public let operations: [Operation]
        }
        // name: MLModelStructureProgramOperation
        public struct Operation {
            // method: MLModelStructureProgramOperation operatorName
            public let operatorName: String
            // method: MLModelStructureProgramOperation outputs
            public let outputs: [NamedValueType]
            let index: Int
        }
        // name: MLModelStructureProgramNamedValueType
        public struct NamedValueType {
            // method: MLModelStructureProgramNamedValueType name
            public let name: String
        }
    }
}

@available(iOS 17.4, macOS 14.4, *)
// name: MLComputePlan
public final class MLComputePlan {
    // method: MLComputePlan modelStructure
    public let modelStructure: MLModelStructure
    // name: MLComputePlanDeviceUsage
    public struct DeviceUsage {
        // method: MLComputePlanDeviceUsage preferredComputeDevice
        public let preferred: MLComputeDevice
    }
    // name: MLComputePlanCost
    public struct Cost {
        // method: MLComputePlanCost weight
        public let weight: Double
    }
    private let units: MLComputeUnits

    private init(_ structure: MLModelStructure, _ units: MLComputeUnits) {
        (modelStructure, self.units) = (structure, units)
    }

    // method: MLComputePlan loadContentsOfURL:configuration:completionHandler:
    public static func load(
        contentsOf url: URL, configuration: MLModelConfiguration
    ) async throws -> MLComputePlan {
        guard url.pathExtension == "mlmodelc" else { throw failure("not compiled", 3) }
        let answer = try Oracle().ask(["do": "load", "path": url.path])
        let kinds = answer["operations"] as? [[String]] ?? []
        let operations = kinds.enumerated().map { index, said in
            MLModelStructure.Program.Operation(
                operatorName: said[0], outputs: [.init(name: said[1])], index: index)
        }
        let program = MLModelStructure.Program(
            functions: ["main": .init(block: .init(operations: operations))])
        return MLComputePlan(.program(program), configuration.computeUnits)
    }

    // method: MLComputePlan computeDeviceUsageForMLProgramOperation:
    public func deviceUsage(for operation: MLModelStructure.Program.Operation) -> DeviceUsage? {
        if operation.operatorName.hasSuffix("const") { return nil }
        if units == .cpuOnly { return DeviceUsage(preferred: .cpu(MLCPUComputeDevice())) }
        let played = PlayedCoreML.shared.units
        return switch played[operation.index % played.count] {
        case .cpuAndGPU: DeviceUsage(preferred: .gpu(MLGPUComputeDevice()))
        case .cpuAndNeuralEngine:
            DeviceUsage(preferred: .neuralEngine(MLNeuralEngineComputeDevice()))
        default: DeviceUsage(preferred: .cpu(MLCPUComputeDevice()))
        }
    }

    // method: MLComputePlan estimatedCostOfMLProgramOperation:
    public func estimatedCost(of operation: MLModelStructure.Program.Operation) -> Cost? {
        operation.operatorName.hasSuffix("const") ? nil : Cost(weight: 0.01)
    }
}
