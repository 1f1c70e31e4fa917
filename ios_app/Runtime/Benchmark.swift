import Core
import Foundation

/// Opens a model on some unit; blocks for as long as that takes.
public typealias OpenRuntime =
    @Sendable (_ package: URL, _ sha256: String, _ accelerator: Accelerator) throws -> CoreMLRuntime

/// What is measured, and on what.
public struct BenchmarkTask: Sendable {
    public var artifact: Artifact
    public var accelerator: Accelerator
    public var config: RunConfig
    public var device: DeviceInfo
    public var open: OpenRuntime
    /// How the phone is just now.
    public var state: @Sendable () -> DeviceState

    public init(
        artifact: Artifact, accelerator: Accelerator, device: DeviceInfo,
        open: @escaping OpenRuntime, state: @escaping @Sendable () -> DeviceState
    ) {
        (self.artifact, self.accelerator, self.device) = (artifact, accelerator, device)
        (self.open, self.state) = (open, state)
        config = RunConfig(accelerator: accelerator.rawValue)
    }
}

/// Whoever watches a run, and may end it; what was measured so far is kept then.
public protocol BenchmarkWatcher {
    func notify(_ stage: String)
    var isStopped: Bool { get }
}

/// Measure a model by the protocol of `irrvit-bench`. Blocks, for minutes.
///
/// All repeats share this process: each loads the model anew, and memory is what it adds.
public func runBenchmark(
    _ task: BenchmarkTask, pictures: GoldenPictures, watcher: any BenchmarkWatcher
) throws -> Run {
    watcher.notify("looking whether the model is the one of its manifest")
    let manifest = task.artifact.manifest
    let package = try task.artifact.package()
    let shown = try goldenPixels(manifest, pictures)
    let before = task.state()
    var turns: [Turn] = []
    var during: [DeviceState] = []
    while turns.count < task.config.repeats, !watcher.isStopped {
        watcher.notify("repeat \(turns.count + 1) of \(task.config.repeats)")
        let idle = memoryBytes()
        let runtime = try task.open(package, manifest.sha256, task.accelerator)
        var turn = Turn(runtime: runtime, idleBytes: idle)
        try turn.take(task.config, shown, watcher)
        turn.answers = try check(manifest, shown, runtime)
        turn.runtime = nil
        turns.append(turn)
        during.append(task.state())
    }
    guard let first = turns.first else { throw Fault("stopped before anything was measured") }
    watcher.notify("comparing with the CPU")
    var run = Run(
        device: task.device, config: task.config, runtimeVersion: first.version,
        placement: first.placement, before: before)
    let failing = turns.first { !$0.answers.failures.isEmpty }
    run.golden = Golden(
        cases: shown.count, failures: failing?.answers.failures ?? [],
        equalsCpu: try equalsCpu(task, package, shown, first))
    (run.during, run.after) = (during, task.state())
    run.repeats = turns.map(\.result)
    (run.peakMemoryBytes, run.idleMemoryBytes) = (turns.map(\.peakBytes).max(), first.idleBytes)
    run.interrupted = watcher.isStopped
    return run
}

/// A golden picture as the network sees it.
private struct Shown {
    let picture: String
    let pixels: [UInt8]
    let order: ChannelOrder

    func put(into runtime: any Runtime) throws {
        try pixels.withUnsafeBufferPointer { try runtime.set($0, order: order) }
    }
}

/// One repeat: a loaded model, and what it has been timed at so far.
private struct Turn {
    var runtime: CoreMLRuntime?
    let version: String
    let placement: Placement
    let idleBytes: Int
    private let loadMs: Double
    private(set) var peakBytes = 0
    private var firstMs = 0.0
    private var warmup: [[Double]] = []
    private var blocks: [[Double]] = []
    private var ownCpuMs = 0.0
    var answers = GoldenAnswers()

    init(runtime: CoreMLRuntime, idleBytes: Int) {
        (self.runtime, self.idleBytes) = (runtime, idleBytes)
        (version, placement) = (runtime.version, runtime.placement)
        loadMs = runtime.loadMs
    }

    mutating func take(
        _ config: RunConfig, _ shown: [Shown], _ watcher: any BenchmarkWatcher
    ) throws {
        guard let runtime else { return }
        try shown.first?.put(into: runtime)
        firstMs = try time(runtime, calls: 1)[0]
        let end = nowNs() + UInt64(config.warmupS * 1e9)
        while !isStationary(warmup), warmup.isEmpty || nowNs() < end {
            warmup.append(try time(runtime, calls: callsOfWarmup(firstMs)))
        }
        repeat {
            _ = try time(runtime, calls: untimedCalls)
            let calls = callsOfBlock(median(blocks.last ?? warmup[warmup.count - 1]))
            let cpu = cpuNs()
            blocks.append(try time(runtime, calls: calls))
            ownCpuMs += Double(cpuNs() - cpu) / 1e6
        } while !isEnough(blocks, iterations: config.iterations, seconds: config.seconds)
            && !watcher.isStopped
        peakBytes = memoryBytes()
    }

    var result: Repeat {
        Repeat(
            loadMs: loadMs, firstMs: firstMs, warmup: warmup.reduce(0) { $0 + $1.count },
            blocksMs: blocks, ownCpuMs: ownCpuMs)
    }
}

/// Milliseconds of each call, one after another.
private func time(_ runtime: any Runtime, calls: Int) throws -> [Double] {
    try timeCalls(runtime, calls).map { Double($0) / 1e6 }
}

/// Nanoseconds of each call; the list is made before.
func timeCalls(_ runtime: any Runtime, _ calls: Int) throws -> [UInt64] {
    var times = [UInt64](repeating: 0, count: calls)
    for i in 0..<calls {
        let begin = nowNs()
        try runtime.call()
        times[i] = nowNs() - begin
    }
    return times
}

/// What a model said about the golden pictures, and where that is not what PyTorch says.
private struct GoldenAnswers {
    var logits: [[Float]] = []
    var failures: [String] = []
}

private func goldenPixels(_ manifest: Manifest, _ pictures: GoldenPictures) throws -> [Shown] {
    let preprocessor = Preprocessor(manifest.input)
    return try manifest.golden.map { golden in
        var pixels: [UInt8] = []
        var order = ChannelOrder.rgba
        try pictures(golden.picture) { frame in
            pixels = preprocessor.preprocess(frame) { Array($0) }
            order = frame.order
        }
        return Shown(picture: golden.picture, pixels: pixels, order: order)
    }
}

/// In every repeat, after the calls that were timed: an answer may go wrong later.
private func check(
    _ manifest: Manifest, _ shown: [Shown], _ runtime: any Runtime
) throws -> GoldenAnswers {
    var answers = GoldenAnswers()
    for (picture, golden) in zip(shown, manifest.golden) {
        try picture.put(into: runtime)
        let logits = try runtime.logits()
        answers.logits.append(logits)
        let found = agreement(logits, golden, tolerance: manifest.maxRel)
        if !found.topAgrees {
            answers.failures.append("\(golden.picture): names another class than the reference")
        } else if !found.passed {
            answers.failures.append(
                "\(golden.picture): a logit is off by \(inShort(found.difference)) of the "
                    + "largest, \(inShort(manifest.maxRel)) is allowed")
        }
    }
    return answers
}

/// Whether another unit's answers are the CPU's to the last bit: it hardly ran there, then.
private func equalsCpu(
    _ task: BenchmarkTask, _ package: URL, _ shown: [Shown], _ turn: Turn
) throws -> Bool? {
    guard task.accelerator != .cpu, !shown.isEmpty else { return nil }
    let cpu = try task.open(package, task.artifact.manifest.sha256, .cpu)
    let answers = try shown.map { picture in
        try picture.put(into: cpu)
        return try cpu.logits()
    }
    return answers == turn.answers.logits
}
