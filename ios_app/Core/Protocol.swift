// How a repeat goes on, decided from its latencies alone: as Python's
// `irrvit.benchmark.run.protocol`, held against the same golden cases.

/// A block is long against the clock and short against what disturbs a device.
private let blockMs = 100.0
private let mostCalls = 10 * blockMs
private let fewestWarmupCalls = 5

/// Before each block, to bring the network's data back to the caches.
public let untimedCalls = 2

/// How many calls of this length make a block: one at least, ten a millisecond at most.
public func callsOfBlock(_ callMs: Double) -> Int {
    Int(max(1, min(mostCalls, (blockMs / callMs).rounded(.toNearestOrEven))))
}

/// How many calls a block of the warm-up has, after a first call of this length.
public func callsOfWarmup(_ firstMs: Double) -> Int {
    max(fewestWarmupCalls, callsOfBlock(firstMs) / 2)
}

/// Whether a repeat has both calls and seconds enough.
///
/// - Parameter blocks: latencies in milliseconds, each the mean of `callsPerValue` calls.
public func isEnough(
    _ blocks: [[Double]], callsPerValue: Int = 1, iterations: Int, seconds: Double
) -> Bool {
    let calls = callsPerValue * blocks.reduce(0) { $0 + $1.count }
    let totalMs = Double(callsPerValue) * blocks.reduce(0) { $0 + $1.reduce(0, +) }
    return calls >= iterations && totalMs >= 1000 * seconds
}
