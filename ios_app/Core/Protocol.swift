// How a repeat goes on, decided from its latencies alone: as Python's
// `irrvit.benchmark.run.protocol` and `irrvit.benchmark.results.stats.is_stationary`.

/// A block is long against the clock and short against what disturbs a device.
private let blockMs = 100.0
private let mostCalls = 10 * blockMs
private let leastWarmupCalls = 5

/// Calls before each block, to bring the network's data back to the caches.
private let untimedCalls = 2

/// Latencies in their order, each the mean of some calls.
public struct Block: Equatable, Sendable {
    public let latenciesMs: [Double]
    public let callsPerValue: Int
    /// CPU time of the process meanwhile, all threads.
    public let ownCpuMs: Double

    public init(_ latenciesMs: [Double], callsPerValue: Int = 1, ownCpuMs: Double = 0) {
        (self.latenciesMs, self.callsPerValue) = (latenciesMs, callsPerValue)
        self.ownCpuMs = ownCpuMs
    }
}

/// What times calls: a runtime that has loaded a file; a played one in tests.
public protocol CallTimer {
    func time(_ calls: Int) throws -> Block

    /// Milliseconds of a clock that only goes forward.
    func now() -> Double

    /// Asked after each block: whether somebody wants it to end early.
    var isStopped: Bool { get }
}

public struct TimedRepeat: Equatable, Sendable {
    public let firstMs: Double
    /// Values that were taken until they were stationary.
    public let warmup: Int
    public let blocks: [Block]
}

/// The first call, the warm-up, and blocks until there are enough.
public func timeRepeat(_ timer: some CallTimer, _ config: RunConfig) throws -> TimedRepeat {
    let firstMs = try timer.time(1).latenciesMs[0]
    let warmup = try warmUp(timer, firstMs, limitS: config.warmupS)
    var blocks: [Block] = []
    var latest = warmup[warmup.count - 1]
    while blocks.isEmpty || !(isEnough(blocks, config) || timer.isStopped) {
        _ = try timer.time(untimedCalls)
        let block = try timer.time(callsOfBlock(median(latest)))
        blocks.append(block)
        latest = block.latenciesMs
    }
    let values = warmup.reduce(0) { $0 + $1.count }
    return TimedRepeat(firstMs: firstMs, warmup: values, blocks: blocks)
}

/// Call until the latencies are stationary, or the limit is reached.
private func warmUp(
    _ timer: some CallTimer, _ firstMs: Double, limitS: Double
) throws -> [[Double]] {
    let end = timer.now() + 1000 * limitS
    var blocks: [[Double]] = []
    while blocks.isEmpty || (!isStationary(blocks) && timer.now() < end) {
        blocks.append(try timer.time(callsOfWarmup(firstMs)).latenciesMs)
    }
    return blocks
}

public func median(_ latencies: [Double]) -> Double { percentile(latencies.sorted(), 50) }

/// How many calls of this length make a block; a half is rounded to the even number.
public func callsOfBlock(_ callMs: Double) -> Int {
    Int(max(1, min(mostCalls, (blockMs / callMs).rounded(.toNearestOrEven))))
}

/// How many calls a block of the warm-up has, after a first call of this length.
public func callsOfWarmup(_ firstMs: Double) -> Int {
    max(leastWarmupCalls, callsOfBlock(firstMs) / 2)
}

/// Whether the last three blocks are alike within 3 %, or get no quicker any more.
public func isStationary(_ blocks: [[Double]]) -> Bool {
    guard blocks.count >= 3 else { return false }
    let medians = blocks.suffix(3).map(median)
    let isAlike = medians.max()! <= 1.03 * medians.min()!
    return isAlike || (blocks.count >= 6 && medians[2] >= medians[0])
}

/// Whether a repeat has both calls and seconds enough.
public func isEnough(_ blocks: [Block], _ config: RunConfig) -> Bool {
    let calls = blocks.reduce(0) { $0 + $1.callsPerValue * $1.latenciesMs.count }
    let totalMs = blocks.reduce(0) {
        $0 + Double($1.callsPerValue) * $1.latenciesMs.reduce(0, +)
    }
    return calls >= config.iterations && totalMs >= 1000 * config.seconds
}
