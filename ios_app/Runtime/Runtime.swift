import Core
import Foundation

/// A file held by a runtime. `call` is what is timed, and nothing else is.
public protocol Runtime: AnyObject {
    var version: String { get }
    var placement: Placement { get }
    /// Who computes what; nil where the system does not say (before iOS 17.4).
    var plan: ComputePlan? { get }
    /// Of the picture that it takes; nil if it takes something else.
    var pictureSize: (height: Int, width: Int)? { get }

    /// Take pixels (1, H, W, 3), 0..255, or what else its file eats, in rows.
    func set(_ values: [Float]) throws

    /// Take pixels of four bytes each, as `Preprocessor` makes them.
    func set(_ pixels: UnsafeBufferPointer<UInt8>, order: ChannelOrder) throws

    func call() throws

    /// Call once and return the logits (classes).
    func logits() throws -> [Float]
}

/// Where the work may go, in the words of `irrvit-bench`.
public enum Accelerator: String, CaseIterable, Codable, Sendable {
    case cpu, gpu, npu, all

    /// What Apple calls it.
    public var name: String {
        switch self {
        case .cpu: "CPU"
        case .gpu: "GPU"
        case .npu: "Neural Engine"
        case .all: "any"
        }
    }
}
