import Foundation

public struct Guess: Equatable, Sendable {
    public let index: Int
    /// Softmax over all classes, 0..1.
    public let probability: Double

    public init(index: Int, probability: Double) {
        (self.index, self.probability) = (index, probability)
    }
}

/// Outputs that cannot be what a network said.
public struct BadLogits: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// The `k` largest logits, largest first; of equal ones the lower class comes first.
public func topK(_ logits: [Float], _ k: Int) throws -> [Guess] {
    guard let largest = logits.max() else {
        throw BadLogits(description: "the network has no outputs")
    }
    if let wrong = logits.firstIndex(where: { !$0.isFinite }) {
        throw BadLogits(
            description: "output \(wrong) is \(logits[wrong]): this device computes wrongly")
    }
    let best = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }.prefix(k)
    let shares = logits.map { exp(Double($0) - Double(largest)) }
    let sum = shares.reduce(0, +)
    return best.map { Guess(index: $0, probability: shares[$0] / sum) }
}
