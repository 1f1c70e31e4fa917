import Core
import Foundation
import Observation
import Runtime
import SwiftUI
import UIKit

/// Measures a model on this phone; meanwhile `irrvit-bench` may do so from outside.
@MainActor @Observable
final class BenchmarkModel {
    let choices: [Choice]
    var chosen = 0
    var accelerator = Accelerator.npu
    private(set) var status = ""
    private(set) var entry = ""
    private(set) var figures: [Figure] = []
    /// The record of the last run, to be kept or sent on.
    private(set) var record: URL?
    private(set) var isMeasuring = false

    private let parts: Parts
    private let observers = Observers()
    private var server: BenchmarkServer?
    private var watcher: Watcher?
    private var isOpen = false
    private var isInFront = true

    /// All that it takes to measure.
    struct Parts {
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

    init(choices: [Choice], parts: Parts) {
        (self.choices, self.parts) = (choices, parts)
        observers.on(UIApplication.didReceiveMemoryWarningNotification) { [weak self] _ in
            Task { @MainActor in self?.stop("the phone runs out of memory") }
        }
        observers.on(ProcessInfo.thermalStateDidChangeNotification) { [weak self] _ in
            guard ProcessInfo.processInfo.thermalState == .critical else { return }
            Task { @MainActor in self?.stop("the phone is too hot") }
        }
    }

    /// The page is there.
    func appear() {
        isOpen = true
        UIApplication.shared.isIdleTimerDisabled = true
        serve()
    }

    /// The page was left.
    func disappear() {
        isOpen = false
        stop("the page was left")
        serve()
    }

    /// In the background iOS takes sockets away, and slows apps down.
    func on(_ phase: ScenePhase) {
        isInFront = phase != .background
        if !isInFront { stop("the app went to the background") }
        serve()
    }

    func measure() async {
        guard !isMeasuring, choices.indices.contains(chosen) else { return }
        let watcher = Watcher { [weak self] stage in
            Task { @MainActor in if self?.isMeasuring == true { self?.status = stage } }
        }
        (isMeasuring, self.watcher) = (true, watcher)
        (figures, record) = ([], nil)
        serve()  // Nobody else measures meanwhile.
        do {
            let (run, manifest) = try await run(choices[chosen], watcher)
            isMeasuring = false
            status = watcher.why.map { "Stopped: \($0)" } ?? "Done"
            figures = Figure.all(of: run, manifest)
            record = try write(run, manifest)
        } catch {
            isMeasuring = false
            status = "Not measured: \(watcher.why ?? words(error))"
        }
        self.watcher = nil
        serve()
    }

    func stop(_ why: String = "by you") { watcher?.stop(why) }

    /// What cannot be believed of a run under these conditions; empty if nothing is in the way.
    var warning: String {
        ProcessInfo.processInfo.isLowPowerModeEnabled
            ? "Low Power Mode is on and slows the phone down: switch it off in Settings, Battery" : ""
    }

    private func run(
        _ choice: Choice, _ watcher: Watcher
    ) async throws -> (Run, Manifest) {
        let (parts, accelerator) = (parts, accelerator)
        return try await withCheckedThrowingContinuation { continuation in
            let (facts, pictures, open) = (parts.facts, parts.pictures, parts.open)
            var config = parts.config
            config.accelerator = accelerator.rawValue
            let wanted = config
            startThread("measure") {
                continuation.resume(
                    with: Result {
                        var task = BenchmarkTask(
                            artifact: try Artifact(folder: choice.folder),
                            accelerator: accelerator, device: facts.device, open: open,
                            state: { facts.state })
                        task.config = wanted
                        let run = try runBenchmark(
                            task, pictures: pictures.golden, watcher: watcher)
                        return (run, task.artifact.manifest)
                    })
            }
        }
    }

    /// A line as the store of `irrvit-bench` has them.
    private func write(_ run: Run, _ manifest: Manifest) throws -> URL {
        try FileManager.default.createDirectory(
            at: parts.records, withIntermediateDirectories: true)
        let name = "\(manifest.model)-\(manifest.target)-\(run.runId.prefix(8)).jsonl"
        let file = parts.records.appending(path: name)
        try (measurement(manifest, run) + Data([10])).write(to: file, options: .atomic)
        return file
    }

    /// The entry is open while the page is, the app is in front, and nothing is measured here.
    private func serve() {
        guard isOpen, isInFront, !isMeasuring else {
            server?.stop()
            server = nil
            entry = isMeasuring ? "irrvit-bench has to wait" : ""
            return
        }
        guard server == nil else { return }
        let (facts, open, files) = (parts.facts, parts.open, PushedFiles(root: parts.pushed))
        do {
            server = try BenchmarkServer(port: parts.port) { stream in
                BenchmarkWorker(files: files, facts: facts, open: open).serve(stream)
            }
            entry = "irrvit-bench can reach this phone by the cable"
        } catch {
            entry = "irrvit-bench cannot reach this phone: \(words(error))"
        }
    }

    /// Where it listens; nil while it does not.
    var listeningPort: UInt16? { server?.port }
}

/// Told by the measuring thread, and tells it to stop.
final class Watcher: BenchmarkWatcher, Sendable {
    private let reason = Locked<String?>(nil)
    private let onStage: @Sendable (String) -> Void

    init(onStage: @escaping @Sendable (String) -> Void) { self.onStage = onStage }

    func notify(_ stage: String) { onStage(stage) }
    func stop(_ why: String) { reason.change { $0 = $0 ?? why } }
    var why: String? { reason.value }
    var isStopped: Bool { why != nil }
}

/// A line of what was found out.
struct Figure: Equatable, Sendable {
    let name, value: String

    static func all(of run: Run, _ manifest: Manifest) -> [Figure] {
        let summary = summarize(run.repeats.map { $0.blocksMs.flatMap { $0 } })
        let (placed, failures) = (run.placement, run.golden.failures)
        let p50 = String(
            format: "%.2f ms (%.2f to %.2f)", summary.p50Ms, summary.lowMs, summary.highMs)
        let rate = Double(manifest.macs) / summary.p50Ms / 1e6
        let nodes = placed.nodesTotal.map { total in
            "\(placed.nodesDelegated ?? 0) of \(total) operations off the CPU, "
                + "\(placed.partitions ?? 0) partitions"
        }
        return [
            Figure(name: "p50", value: p50),
            Figure(name: "p90", value: String(format: "%.2f ms", summary.p90Ms)),
            Figure(name: "GMAC/s", value: String(format: "%.1f", rate)),
            Figure(name: "Calls", value: "\(summary.n)"),
            Figure(name: "Ran on", value: placed.accelerator),
            Figure(name: "Placement", value: nodes ?? "not told before iOS 17.4"),
            Figure(
                name: "Answers",
                value: failures.first ?? "all \(run.golden.cases) as PyTorch's"),
        ]
    }
}
