import Core
import Foundation
import Runtime

/// All that it takes to measure here.
struct BenchmarkParts: Sendable {
    let facts: any Facts
    let pictures: Pictures
    let open: OpenRuntime
    /// Where records are written.
    let records: URL
    /// What `irrvit-bench` may write to.
    let pushed: URL
    var port = BenchmarkServer.port
    /// Of a run; tests have less time.
    var config = RunConfig(accelerator: "")
}

/// Measure a model on this phone, and tell what is known of the phone beside it. Blocks.
func measureHere(
    _ parts: BenchmarkParts, _ artifact: Artifact, _ accelerator: Accelerator,
    _ progress: any BenchmarkProgress
) throws -> Run {
    progress.notify("loading the network and its pictures")
    let manifest = artifact.manifest
    var task = BenchmarkTask(artifact: artifact, accelerator: accelerator, open: parts.open)
    task.config = parts.config
    task.config.accelerator = accelerator.rawValue
    let pictures = try goldenPixels(manifest, parts.pictures.golden)
    let states = States(facts: parts.facts, progress: progress)
    let before = parts.facts.state
    let measured = try measure(task, pictures: pictures, progress: states)
    var run = Run(
        device: parts.facts.device, config: task.config,
        runtimeVersion: measured.runtimeVersion, placement: measured.placement, before: before)
    run.golden = Golden(
        cases: measured.golden.cases, failures: measured.golden.failures,
        equalsCpu: measured.equalsCpu)
    (run.repeats, run.interrupted) = (measured.repeats, measured.interrupted)
    (run.during, run.after) = (states.found.value, parts.facts.state)
    run.peakMemoryBytes = measured.peakMemoryBytes
    run.idleMemoryBytes = measured.idleMemoryBytes
    return run
}

/// How the phone was at every stage.
private struct States: BenchmarkProgress {
    let facts: any Facts
    let progress: any BenchmarkProgress
    let found = Locked<[DeviceState]>([])

    var isStopped: Bool { progress.isStopped }

    func notify(_ stage: String) {
        found.change { $0.append(facts.state) }
        progress.notify(stage)
    }
}

/// Write a line as the store of `irrvit-bench` has them.
func write(_ run: Run, _ manifest: Manifest, into folder: URL) throws -> URL {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = "\(manifest.model)-\(manifest.target)-\(run.runId.prefix(8)).jsonl"
    let file = folder.appending(path: name)
    try (measurement(manifest, run) + Data([10])).write(to: file, options: .atomic)
    return file
}

/// A line of what was found out.
struct Figure: Equatable, Sendable {
    let name, value: String
}

func figures(_ run: Run, _ manifest: Manifest) -> [Figure] {
    let summary = summarize(run.repeats.map { $0.blocksMs.flatMap { $0 } })
    let placed = run.placement
    let interval = String(format: "%.2f to %.2f", summary.lowMs, summary.highMs)
    let rate = Double(manifest.macs) / summary.p50Ms / 1e6
    let nodes = placed.nodesOn.map { nodes in
        let units = nodes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        let counts = units.map { "\($0.value) operations on \($0.key)" }.joined(separator: ", ")
        return "\(counts); \(placed.partitions ?? 0) partitions"
    }
    let answers = run.golden.failures.first ?? "all \(run.golden.cases) as PyTorch's"
    return [
        Figure(name: "p50", value: String(format: "%.2f ms", summary.p50Ms) + " (\(interval))"),
        Figure(name: "p90", value: String(format: "%.2f ms", summary.p90Ms)),
        Figure(name: "GMAC/s", value: String(format: "%.1f", rate)),
        Figure(name: "Calls", value: "\(summary.n)"),
        Figure(name: "Ran on", value: placed.accelerator),
        Figure(name: "Placement", value: nodes ?? "not told before iOS 17.4"),
        Figure(name: "Answers", value: answers),
    ]
}
