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
    private(set) var lines: [Figure] = []
    /// The record of the last run, to be kept or sent on.
    private(set) var record: URL?
    private(set) var isMeasuring = false

    private let parts: BenchmarkParts
    private let observers = Observers()
    private var server: BenchmarkServer?
    private var stopper: Stopper?
    private var isOpen = false
    private var isInFront = true

    init(choices: [Choice], parts: BenchmarkParts) {
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

    func start() async {
        guard !isMeasuring, choices.indices.contains(chosen) else { return }
        let stopper = Stopper { [weak self] stage in
            Task { @MainActor in if self?.isMeasuring == true { self?.status = stage } }
        }
        (isMeasuring, self.stopper) = (true, stopper)
        (lines, record) = ([], nil)
        serve()  // Nobody else measures meanwhile.
        do {
            let (run, manifest) = try await run(choices[chosen], stopper)
            lines = figures(run, manifest)
            record = try write(run, manifest, into: parts.records)
            (isMeasuring, status) = (false, stopper.why.map { "Stopped: \($0)" } ?? "Done")
        } catch {
            isMeasuring = false
            status = "Not measured: \(stopper.why ?? failureText(error))"
        }
        self.stopper = nil
        serve()
    }

    func stop(_ why: String = "by you") { stopper?.stop(why) }

    /// What cannot be believed of a run under these conditions; empty if nothing is in the way.
    var warning: String {
        ProcessInfo.processInfo.isLowPowerModeEnabled
            ? "Low Power Mode is on and slows the phone down: switch it off in Settings, Battery"
            : ""
    }

    /// On a thread of its own.
    private func run(_ choice: Choice, _ stopper: Stopper) async throws -> (Run, Manifest) {
        let (parts, accelerator) = (parts, accelerator)
        return try await withCheckedThrowingContinuation { continuation in
            startThread("measure") {
                continuation.resume(
                    with: Result {
                        let artifact = try Artifact(folder: choice.folder)
                        let run = try measureHere(parts, artifact, accelerator, stopper)
                        return (run, artifact.manifest)
                    })
            }
        }
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
            entry = "irrvit-bench cannot reach this phone: \(failureText(error))"
        }
    }

    /// Where it listens; nil while it does not.
    var listeningPort: UInt16? { server?.port }
}

/// Told by the measuring thread, and tells it to stop.
private final class Stopper: BenchmarkProgress, Sendable {
    private let reason = Locked<String?>(nil)
    private let onStage: @Sendable (String) -> Void

    init(onStage: @escaping @Sendable (String) -> Void) { self.onStage = onStage }

    func notify(_ stage: String) { onStage(stage) }
    func stop(_ why: String) { reason.change { $0 = $0 ?? why } }
    var why: String? { reason.value }
    var isStopped: Bool { why != nil }
}
