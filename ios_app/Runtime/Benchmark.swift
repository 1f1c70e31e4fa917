import Core
import Foundation

// Measuring a network on this device by the protocol of `irrvit-bench`; docs/measuring.md tells it.
// Only that all repeats share this process is other: an app cannot start itself anew.

/// Opens a model on some unit; blocks for as long as that takes.
public typealias OpenRuntime =
    @Sendable (_ package: URL, _ sha256: String, _ accelerator: Accelerator) throws -> CoreMLRuntime

/// Whoever waits for a measurement.
public protocol BenchmarkProgress {
    /// True: what was measured so far is kept.
    var isStopped: Bool { get }

    func notify(_ stage: String)
}

/// What is measured, and on what.
public struct BenchmarkTask: Sendable {
    public let artifact: Artifact
    public let accelerator: Accelerator
    public var config: RunConfig
    let open: OpenRuntime

    public init(artifact: Artifact, accelerator: Accelerator, open: @escaping OpenRuntime) {
        (self.artifact, self.accelerator, self.open) = (artifact, accelerator, open)
        config = RunConfig(accelerator: accelerator.rawValue)
    }
}

/// What was found out about a file.
public struct Measured: Sendable {
    public let repeats: [Repeat]
    public let golden: GoldenAgreement
    /// Whether another unit's answers are the CPU's to the last bit: it hardly ran there, then.
    public let equalsCpu: Bool?
    public let runtimeVersion: String
    public let placement: Placement
    /// With the file loaded and called, and before: one process holds file after file.
    public let peakMemoryBytes, idleMemoryBytes: Int
    public let interrupted: Bool
}

/// Measure one network; every repeat loads its file anew. Blocks, for minutes.
///
/// - Parameter pictures: the golden ones as the network sees them, in the manifest's order.
public func measure(
    _ task: BenchmarkTask, pictures: [GoldenPixels], progress: any BenchmarkProgress
) throws -> Measured {
    let package = try task.artifact.package()
    var outcomes: [Outcome] = []
    while outcomes.count < task.config.repeats, !progress.isStopped {
        progress.notify("repeat \(outcomes.count + 1) of \(task.config.repeats)")
        outcomes.append(try measureRepeat(task, package, pictures, progress))
    }
    guard let first = outcomes.first else {
        throw RuntimeFailure("stopped before anything was measured")
    }
    progress.notify("comparing with the CPU")
    return Measured(
        repeats: outcomes.map(\.result),
        golden: outcomes.map(\.golden).first { !$0.passed } ?? first.golden,
        equalsCpu: try equalsCpu(task, package, pictures, first.logits),
        runtimeVersion: first.version, placement: first.placement,
        peakMemoryBytes: outcomes.map(\.peakBytes).max() ?? 0, idleMemoryBytes: first.idleBytes,
        interrupted: progress.isStopped)
}

private struct Outcome {
    let result: Repeat
    let golden: GoldenAgreement
    let logits: [[Float]]
    let version: String
    let placement: Placement
    let peakBytes, idleBytes: Int
}

private func measureRepeat(
    _ task: BenchmarkTask, _ package: URL, _ pictures: [GoldenPixels],
    _ progress: any BenchmarkProgress
) throws -> Outcome {
    let manifest = task.artifact.manifest
    let idle = memoryBytes()
    let runtime = try task.open(package, manifest.sha256, task.accelerator)
    try pictures.first?.put(into: runtime)
    let timed = try timeRepeat(RuntimeTimer(runtime: runtime, progress: progress), task.config)
    let peak = memoryBytes()
    let logits = try answers(runtime, pictures)
    let found = zip(manifest.golden, logits).map { golden, logits in
        (golden.picture, agreement(logits, golden, tolerance: manifest.maxRel))
    }
    return Outcome(
        result: Repeat(
            loadMs: runtime.loadMs, firstMs: timed.firstMs, warmup: timed.warmup,
            blocksMs: timed.blocks.map(\.latenciesMs),
            ownCpuMs: timed.blocks.reduce(0) { $0 + $1.ownCpuMs }),
        golden: goldenAgreement(found, tolerance: manifest.maxRel), logits: logits,
        version: runtime.version, placement: runtime.placement, peakBytes: peak, idleBytes: idle)
}

private struct RuntimeTimer: CallTimer {
    let runtime: any Runtime
    let progress: any BenchmarkProgress

    func time(_ calls: Int) throws -> Block {
        let cpu = cpuNs()
        let times = try timeCalls(runtime, calls)
        return Block(times.map { Double($0) / 1e6 }, ownCpuMs: Double(cpuNs() - cpu) / 1e6)
    }

    func now() -> Double { Double(nowNs()) / 1e6 }

    var isStopped: Bool { progress.isStopped }
}

/// Nanoseconds of each call, one straight after the other; the list is made before.
func timeCalls(_ runtime: any Runtime, _ calls: Int) throws -> [UInt64] {
    var times = [UInt64](repeating: 0, count: calls)
    for i in 0..<calls {
        let begin = nowNs()
        try runtime.call()
        times[i] = nowNs() - begin
    }
    return times
}

/// A golden picture as the network sees it.
public struct GoldenPixels: Sendable {
    let pixels: [UInt8]
    let order: ChannelOrder

    func put(into runtime: any Runtime) throws {
        try pixels.withUnsafeBufferPointer { try runtime.set($0, order: order) }
    }
}

public func goldenPixels(
    _ manifest: Manifest, _ pictures: GoldenPictures
) throws -> [GoldenPixels] {
    let preprocessor = Preprocessor(manifest.input)
    return try manifest.golden.map { golden in
        var made = GoldenPixels(pixels: [], order: .rgba)
        try pictures(golden.picture) { frame in
            let pixels = preprocessor.preprocess(frame) { Array($0) }
            made = GoldenPixels(pixels: pixels, order: frame.order)
        }
        return made
    }
}

/// In every repeat, after the calls that were timed: an answer may go wrong later.
private func answers(_ runtime: any Runtime, _ pictures: [GoldenPixels]) throws -> [[Float]] {
    try pictures.map { picture in
        try picture.put(into: runtime)
        return try runtime.logits()
    }
}

private func equalsCpu(
    _ task: BenchmarkTask, _ package: URL, _ pictures: [GoldenPixels], _ logits: [[Float]]
) throws -> Bool? {
    guard task.accelerator != .cpu, !pictures.isEmpty else { return nil }
    let cpu = try task.open(package, task.artifact.manifest.sha256, .cpu)
    return try answers(cpu, pictures) == logits
}
