import Foundation

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
    func countCompilation() { lock.withLock { compiled += 1 } }
    func changed(_ values: [NSNumber]) -> [NSNumber] {
        guard error != 0, let first = values.first else { return values }
        return [NSNumber(value: first.floatValue + error)] + values.dropFirst()
    }
}
