import AVFoundation
import Core
import CoreML
import Foundation
import PhotosUI
import Runtime
import Support
import SwiftUI
import Testing
import UIKit

@testable import App

/// The app on a phone that is played, with a screen to look at.
@MainActor final class Played {
    let folders: Folders
    let parts: AppParts
    let view: MainView
    let camera = PlayedCamera.shared

    /// - Parameter models: folders of models, in place of those that are built in.
    init(models: [URL]? = nil) {
        PlayedCamera.shared.reset()
        PlayedPhone.shared.reset()
        PlayedCoreML.shared.reset()
        PlayedScreen.shared.reset()
        let builtIn = newFolder()
        let place = builtIn.appending(path: "models")
        try! FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (i, model) in (models ?? [fashion]).enumerated() {
            try! FileManager.default.copyItem(
                at: model, to: place.appending(path: "\(i)_model"))
        }
        try! FileManager.default.createSymbolicLink(
            at: builtIn.appending(path: "golden"), withDestinationURL: goldenPictures)
        folders = Folders(
            builtIn: builtIn, documents: newFolder(),
            caches: compiledFolder)
        parts = AppParts(folders: folders)
        view = MainView(model: parts.main, benchmark: parts.benchmark)
    }

    var main: MainModel { parts.main }
    var screen: Screen { SwiftUI.screen(view) }

    /// The message that a tap does something about, or that only is there.
    var message: String? {
        if case .failed(let message, _) = main.state { message } else { nil }
    }
    var seen: Seen? { if case .running(let seen) = main.state { seen } else { nil } }

    /// Open the app, and wait until its camera runs.
    func start() async {
        await screen.appear()
        await until { self.camera.isRunning }
    }

    /// Show a picture to the camera until it is seen.
    @discardableResult
    func show(_ name: String, angle: Int = 90) async -> Seen? {
        camera.turn(to: angle)
        let frame = Held(buffer: cameraBuffer(picture(name), angle))
        let before = main.state
        await until {
            self.camera.show(frame.buffer)
            return self.seen != nil && self.main.state != before
        }
        return seen
    }

    private struct Held: @unchecked Sendable { let buffer: CVPixelBuffer }

    /// What the network says of a golden picture, without camera and screen.
    func guesses(_ name: String, _ model: URL = fashion) throws -> [Guess] {
        let artifact = try Artifact(folder: model)
        let runtime = try onThread {
            try CompiledModels(folder: compiledFolder).open(
                artifact.package(), sha256: artifact.manifest.sha256, accelerator: .all)
        }
        return try onThread {
            let classifier = try FileClassifier(artifact.manifest, runtime, asked: .all)
            var guesses: [Guess] = []
            try lookAtGolden(name) { guesses = try classifier.classify($0).guesses }
            return guesses
        }
    }
}

/// What may not be done on the main thread.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let result = Locked<Result<Value, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    startThread("test") {
        result.set(Result(catching: body))
        done.signal()
    }
    done.wait()
    return try result.value!.get()
}

/// Wait for something to come true; a test that waits for too long goes on, and fails.
@MainActor func until(_ seconds: Double = 30, _ isTrue: () -> Bool) async {
    let end = Date.now.addingTimeInterval(seconds)
    while !isTrue(), Date.now < end { try? await Task.sleep(for: .milliseconds(5)) }
}

/// Some time in which nothing should happen.
@MainActor func aWhile() async { try? await Task.sleep(for: .milliseconds(150)) }

func picture(_ name: String) -> Picture {
    let file = goldenPictures.appending(path: "\(name).ppm")
    return Picture(ppm: try! Data(contentsOf: file))!
}

/// A camera's frame that shows a picture upright once it is turned clockwise by so many degrees.
func cameraBuffer(_ picture: Picture, _ angle: Int) -> CVPixelBuffer {
    let (w, h) = (picture.width, picture.height)
    let (width, height) = angle % 180 == 0 ? (w, h) : (h, w)
    var made: CVPixelBuffer?
    _ = CVPixelBufferCreate(nil, width, height, kCVPixelFormatType_32BGRA, nil, &made)
    let buffer = made!
    CVPixelBufferLockBaseAddress(buffer, [])
    defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
    let base = CVPixelBufferGetBaseAddress(buffer)!
    let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
    for row in 0..<height {
        for column in 0..<width {
            let (x, y) =
                switch angle {
                case 90: (w - 1 - row, column)
                case 180: (w - 1 - column, h - 1 - row)
                case 270: (row, h - 1 - column)
                default: (column, row)
                }
            for c in 0..<3 {
                let byte = picture.rgba[4 * (y * w + x) + 2 - c]
                base.storeBytes(
                    of: byte, toByteOffset: row * rowBytes + 4 * column + c, as: UInt8.self)
            }
        }
    }
    return buffer
}
