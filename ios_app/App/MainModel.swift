import AVFoundation
import Core
import Observation
import PhotosUI
import Runtime
import SwiftUI
import UIKit

/// What can be picked, what is in use, and what there is to see: all that the screen is made of.
@MainActor @Observable
final class MainModel {
    private(set) var state = UiState.loading("Starting")
    private(set) var check = Check.pending
    private(set) var framesPerSecond = 0
    /// The picture that a person has picked, while it is looked at.
    private(set) var picture: UIImage?
    let choices: [Choice]
    var chosen = 0 { didSet { if chosen != oldValue { reloadSoon() } } }
    var accelerator = Accelerator.all { didSet { if accelerator != oldValue { reloadSoon() } } }
    /// Which of the phone's cameras, once it is known.
    private(set) var position = AVCaptureDevice.Position.back

    @ObservationIgnored private(set) var source: FrameSource
    private let engine: Engine
    private let observers = Observers()
    private var rate = Rate()
    /// Frames are shown: those that come late, after a pause or a fault, are not.
    private var isSeeing = false
    /// Loads so far: what an earlier one finds out counts no more.
    private var loads = 0

    init(choices: [Choice], engine: Engine) {
        (self.choices, self.engine) = (choices, engine)
        let (frames, sink) = AsyncStream<UiState>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (events, told) = AsyncStream<CameraEvent>.makeStream()
        source = FrameSource(
            onFrame: { frame in
                if let seen = engine.classify(frame, .camera) { sink.yield(seen) }
            },
            onEvent: { told.yield($0) })
        Task { [weak self] in for await seen in frames { self?.show(seen) } }
        Task { [weak self] in for await event in events { self?.on(event) } }
        observers.on(UIApplication.didReceiveMemoryWarningNotification) { [weak self] _ in
            Task { @MainActor in self?.onMemoryWarning() }
        }
        observers.on(ProcessInfo.thermalStateDidChangeNotification) { [weak self] _ in
            Task { @MainActor in self?.onHeat() }
        }
    }

    /// Load the chosen model, check this phone by it, and begin to see.
    func reload() async {
        loads += 1
        let load = loads
        rest()
        check = .pending
        guard choices.indices.contains(chosen) else {
            return fail("This build has no models: run make ios-models and build it again", .none)
        }
        let choice = choices[chosen]
        state = .loading("Loading \(choice.name)")
        do {
            let found = try await engine.use(choice, on: accelerator)
            guard load == loads else { return }
            check = .done(found)
            log("\(choice.name): \(checkText(found))")
            await see()
        } catch {
            guard load == loads else { return }
            check = .impossible(failureText(error))
            fail(failureText(error), .reload)
        }
    }

    /// Open the camera and name what it shows.
    func see() async {
        picture = nil
        let isAllowed = await AVCaptureDevice.requestAccess(for: .video)
        guard isAllowed else {
            return fail(withoutCamera, .openSettings)
        }
        guard !isTooHot() else { return onHeat() }
        state = .loading("Starting the camera")
        isSeeing = true
        source.start(position)
    }

    func turnCamera() async {
        position = position == .back ? .front : .back
        await see()
    }

    /// Pause, go on, or go back to the camera from a picture.
    func toggle() async {
        switch state {
        case .running(let seen) where seen.source == .camera: pause(.byYou)
        case .running, .paused: await see()
        default: break
        }
    }

    /// Name what a picture of the library shows; the camera rests.
    func look(at item: PhotosPickerItem) async {
        rest()
        state = .loading("Opening the picture")
        do {
            guard let content = try await item.loadTransferable(type: Data.self) else {
                throw RuntimeFailure("The picture is not on this phone: open it in Photos first")
            }
            let seen = try await engine.classify(content)
            picture = UIImage(data: content)
            state = seen ?? .failed("There is no model to look at it with", .reload)
        } catch {
            fail(failureText(error), .retry)
        }
    }

    func act(_ action: Action, openSettings: () -> Void) async {
        switch action {
        case .retry: await see()
        case .reload: await reload()
        case .openSettings: openSettings()
        case .none: break
        }
    }

    /// An app that nobody sees uses neither camera nor power.
    func on(_ phase: ScenePhase) async {
        switch phase {
        case .background where isSeeing: pause(.inBackground)
        case .active where state == .paused(Rest.inBackground.rawValue): await see()
        case .active where state == .failed(withoutCamera, .openSettings): await see()
        default: break
        }
    }

    /// Another page measures: it is to have the phone for itself.
    func giveWay() { if isSeeing { pause(.forBenchmark) } }

    func takeBack() async {
        if state == .paused(Rest.forBenchmark.rawValue) { await see() }
    }

    private func on(_ event: CameraEvent) {
        guard isSeeing || event == .cameBack else { return }
        switch event {
        case .failed(let message):
            rest()
            fail(message, .retry)
        case .interrupted(let message):
            // The session keeps what it was told: it goes on by itself, and says so.
            isSeeing = false
            state = .failed("\(message). It goes on by itself once it may", .retry)
        case .cameBack:
            isSeeing = true
            state = .loading("Starting the camera")
        }
    }

    private func show(_ seen: UiState) {
        guard isSeeing else { return }
        guard case .running = seen else {
            rest()
            state = seen
            return
        }
        framesPerSecond = rate.add(DispatchTime.now().uptimeNanoseconds)
        state = seen
    }

    private func onMemoryWarning() {
        rest()
        engine.close()
        fail(
            "The phone runs out of memory, so the model was put away: close other apps or pick a "
                + "smaller model", .reload)
    }

    private func isTooHot() -> Bool { ProcessInfo.processInfo.thermalState == .critical }

    private func onHeat() {
        if isTooHot() {
            rest()
            fail(tooHot, .retry)
        } else if state == .failed(tooHot, .retry) {
            Task { await see() }
        }
    }

    private func pause(_ why: Rest) {
        rest()
        state = .paused(why.rawValue)
    }

    private func rest() {
        isSeeing = false
        source.stop()
    }

    private func fail(_ message: String, _ action: Action) {
        log(message)
        state = .failed(message, action)
    }

    private func reloadSoon() { Task { await reload() } }
}

private enum Rest: String {
    case byYou = "Paused"
    case inBackground = "Paused in the background"
    case forBenchmark = "Paused for the benchmark"
}

private let withoutCamera = "Without the camera only pictures of the library can be looked at"
private let tooHot = "The phone is too hot: let it cool, the camera then starts again"

/// For whoever started the app from a computer.
private func log(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data("irrvit: \(text)\n".utf8))
}
