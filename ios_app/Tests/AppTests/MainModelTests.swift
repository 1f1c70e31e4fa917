import AVFoundation
import Core
import CoreML
import Foundation
import Runtime
import Support
import SwiftUI
import Testing
import UIKit

@testable import App

/// `make ios-models` and part "ios" of the tests export it; it is not committed.
let efficientNet = iosApp.deletingLastPathComponent()
    .appending(path: "artifacts/efficientnet_lite0/coreml-fp16")

@Suite(.serialized) @MainActor struct MainModelTests {
    @Test func aModelIsLoadedCheckedAndNamesWhatTheCameraShows() async throws {
        let app = Played()
        #expect(app.screen.has("Starting"))
        await app.start()
        let seen = try #require(await app.show("coffee"))
        #expect(try seen.prediction.guesses == app.guesses("coffee.jpg"))
        let screen = app.screen
        #expect(screen.has("self-check passed: 6 of 6 pictures as PyTorch"))
        #expect(screen.has(seen.labels[seen.prediction.guesses[0].index]))
        #expect(screen.has("Camera · preprocessing "))
        #expect(screen.has("inference") && screen.has("frames a second"))
        #expect(screen.has("Neural Engine 104 operations, 1 partition"))
        #expect(screen.pieces.contains("PreviewView"))
    }

    @Test(arguments: [0, 90, 180, 270])
    func aFrameIsSeenUprightHoweverThePhoneIsHeld(_ angle: Int) async throws {
        let app = Played()
        await app.start()
        let seen = try #require(await app.show("rocket", angle: angle))
        #expect(try seen.prediction.guesses == app.guesses("rocket.jpg"))
    }

    @Test func efficientNetSeesAnEspressoThroughCameraModelAndScreen() async throws {
        let app = Played(models: [efficientNet])
        await app.start()
        #expect(app.screen.has("self-check passed: 6 of 6"), "\(app.main.check.text)")
        let seen = try #require(await app.show("coffee"))
        let first = seen.prediction.guesses[0]
        #expect(seen.labels[first.index] == "espresso" && first.probability > 0.5)
        #expect(try seen.prediction.guesses == app.guesses("coffee.jpg", efficientNet))
        #expect(app.screen.texts.contains("espresso"))
    }

    @Test func aPhoneThatComputesWronglySaysSo() async {
        let app = Played()
        PlayedCoreML.shared.error = 100
        await app.start()
        #expect(app.screen.has("SELF-CHECK FAILED, this device computes wrongly"))
    }

    @Test func thePickersListModelsAndUnits() async {
        let app = Played(models: [fashion, fashion])
        await app.start()
        #expect(
            app.screen.picker("Model")?.options == ["irrvit_fashion fp16", "irrvit_fashion fp16"])
        #expect(app.screen.picker("Run on")?.options.count == 4)
        #expect(app.screen.picker("Run on")?.chosen == 3)
    }

    @Test func anotherUnitIsAnotherLoadAndWhoReallyComputesIsShown() async throws {
        let app = Played()
        await app.start()
        app.screen.choose("CPU only", of: "Run on")
        await until { app.main.check == .pending }
        await until { app.camera.isRunning && app.main.check != .pending }
        await app.show("coffee")
        #expect(app.screen.has("CPU 104 operations, 1 partition"))
    }

    @Test func ofTwoLoadsAtOnceTheLastCounts() async {
        let app = Played(models: [fashion, newFolder()])
        app.main.chosen = 1
        app.main.chosen = 0
        await until { app.camera.isRunning }
        #expect(app.main.check.text.hasPrefix("self-check passed"))
        #expect(app.message == nil)
    }

    @Test func aPauseLastsUntilItIsEnded() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        app.screen.tap("Pause")
        await until { app.main.state == .paused("Paused") }
        await until { !app.camera.isRunning }
        #expect(app.screen.has("Paused"))
        await app.main.on(.background)
        await app.main.on(.active)
        #expect(app.main.state == .paused("Paused"))
        app.screen.tap("Go on")
        #expect(await app.show("coffee") != nil)
    }

    @Test func aFrameThatComesAfterThePauseIsNotShown() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        PlayedCoreML.shared.delay = 0.3
        app.camera.show(cameraBuffer(picture("rocket"), 90))
        await app.main.toggle()
        try? await Task.sleep(for: .milliseconds(500))
        #expect(app.main.state == .paused("Paused"))
    }

    @Test func theCameraIsTurned() async {
        let app = Played()
        await app.start()
        #expect(app.camera.position == .back)
        app.screen.tap("Turn camera")
        await until { app.camera.position == .front }
        #expect(await app.show("coffee") != nil)
    }

    @Test func thePreviewTurnsWithThePhone() async {
        let app = Played()
        let layer = AVCaptureVideoPreviewLayer()
        await app.start()
        app.main.source.show(in: layer)
        for angle in [90, 0, 180, 270] {
            app.camera.turn(to: angle)
            await until { layer.connection?.videoRotationAngle == CGFloat(angle) }
            #expect(layer.connection?.videoRotationAngle == CGFloat(angle))
        }
        #expect(layer.session === app.main.source.session)
    }

    @Test func framesThatComeMeanwhileAreDropped() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        PlayedCoreML.shared.delay = 0.2
        let buffer = cameraBuffer(picture("coffee"), 90)
        var taken = 0
        for _ in 0..<20 {
            taken += app.camera.show(buffer) ? 1 : 0
            try? await Task.sleep(for: .milliseconds(20))
        }
        #expect((1...4).contains(taken), "\(taken) of 20")
    }

    @Test func theScreenStaysAliveWhileANetworkIsSlow() async {
        let app = Played()
        await app.start()
        PlayedCoreML.shared.delay = 8
        app.camera.show(cameraBuffer(picture("coffee"), 90))
        let start = Date.now
        app.screen.tap("Turn camera")
        await aWhile()
        #expect(Date.now.timeIntervalSince(start) < 6)
    }

    @Test func inLandscapeThereIsTheSameToSeeAndDo() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        let portrait = app.screen
        PlayedScreen.shared.height = .compact
        let landscape = app.screen
        #expect(Set(landscape.texts) == Set(portrait.texts))
        #expect(landscape.buttons.map(\.label) == portrait.buttons.map(\.label))
    }

    @Test func voiceOverSaysWhatIsSeenAsOneThing() async throws {
        let app = Played()
        await app.start()
        let seen = try #require(await app.show("coffee"))
        let name = seen.labels[seen.prediction.guesses[0].index]
        #expect(
            app.screen.spoken.contains { $0.hasPrefix("\(name), ") && $0.contains("inference") })
        #expect(app.screen.spoken.contains("What the camera sees"))
    }

    @Test func thePhoneDoesNotFallAsleepMeanwhile() async {
        let app = Played()
        UIApplication.shared.isIdleTimerDisabled = false
        await app.start()
        #expect(UIApplication.shared.isIdleTimerDisabled)
    }
}
