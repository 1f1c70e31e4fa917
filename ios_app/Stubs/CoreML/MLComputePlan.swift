import Foundation

// Where operations go: iOS 17.4 and later. In Swift `MLComputeDevice` and `MLModelStructure` are
// enumerations, in Objective-C classes.

public final class MLCPUComputeDevice: NSObject {}  // name: MLCPUComputeDevice
public final class MLGPUComputeDevice: NSObject {}  // name: MLGPUComputeDevice
public final class MLNeuralEngineComputeDevice: NSObject {}  // name: MLNeuralEngineComputeDevice

public enum MLComputeDevice {  // name: MLComputeDeviceProtocol
    case cpu(MLCPUComputeDevice)  // name: MLCPUComputeDevice
    case gpu(MLGPUComputeDevice)  // name: MLGPUComputeDevice
    case neuralEngine(MLNeuralEngineComputeDevice)  // name: MLNeuralEngineComputeDevice
}

public enum MLModelStructure {  // name: MLModelStructure
    case neuralNetwork(NeuralNetwork)  // method: MLModelStructure neuralNetwork
    case program(Program)  // method: MLModelStructure program
    case pipeline(Pipeline)  // method: MLModelStructure pipeline
    case unsupported  // swift: no structure that Core ML knows
    public struct NeuralNetwork {}  // name: MLModelStructureNeuralNetwork
    public struct Pipeline {}  // name: MLModelStructurePipeline
    public struct Program {  // name: MLModelStructureProgram
        public let functions: [String: Function]  // method: MLModelStructureProgram functions
        public struct Function {  // name: MLModelStructureProgramFunction
            public let block: Block  // method: MLModelStructureProgramFunction block
        }
        public struct Block {  // name: MLModelStructureProgramBlock
            public let operations: [Operation]  // method: MLModelStructureProgramBlock operations
        }
        public struct Operation {  // name: MLModelStructureProgramOperation
            public let operatorName: String  // method: MLModelStructureProgramOperation operatorName
            public let outputs: [NamedValueType]  // method: MLModelStructureProgramOperation outputs
            let index: Int
        }
        public struct NamedValueType {  // name: MLModelStructureProgramNamedValueType
            public let name: String  // method: MLModelStructureProgramNamedValueType name
        }
    }
}

@available(iOS 17.4, macOS 14.4, *)
public final class MLComputePlan {  // name: MLComputePlan
    public let modelStructure: MLModelStructure  // method: MLComputePlan modelStructure
    public struct DeviceUsage {  // name: MLComputePlanDeviceUsage
        public let preferred: MLComputeDevice  // method: MLComputePlanDeviceUsage preferredComputeDevice
    }
    public struct Cost {  // name: MLComputePlanCost
        public let weight: Double  // method: MLComputePlanCost weight
    }
    private let units: MLComputeUnits

    private init(_ structure: MLModelStructure, _ units: MLComputeUnits) {
        (modelStructure, self.units) = (structure, units)
    }

    public static func load(  // method: MLComputePlan loadContentsOfURL:configuration:completionHandler:
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

    public func deviceUsage(for operation: MLModelStructure.Program.Operation) -> DeviceUsage? {  // method: MLComputePlan computeDeviceUsageForMLProgramOperation:
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

    public func estimatedCost(of operation: MLModelStructure.Program.Operation) -> Cost? {  // method: MLComputePlan estimatedCostOfMLProgramOperation:
        operation.operatorName.hasSuffix("const") ? nil : Cost(weight: 0.01)
    }
}
