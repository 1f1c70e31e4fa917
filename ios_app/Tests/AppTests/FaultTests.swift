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

/// Every fault is a message that a person can act on, and the app goes on.
@Suite(.serialized) @MainActor struct FaultTests {
    @Test func aRefusedCameraIsSaidAndTheSettingsOpen() async {
        let app = Played()
        app.camera.authorization = .denied
        await app.screen.appear()
        #expect(app.screen.tap("Without the camera only pictures of the library"))
        await until { !PlayedScreen.shared.opened.isEmpty }
        #expect(PlayedScreen.shared.opened == [URL(string: "app-settings:")])
        app.camera.authorization = .authorized
        app.screen.change(to: ScenePhase.active)
        #expect(await app.show("coffee") != nil)
    }

    @Test(arguments: [AVAuthorizationStatus.authorized, .denied])
    func whoeverWasNeverAskedIsAsked(_ answer: AVAuthorizationStatus) async {
        let app = Played()
        (app.camera.authorization, app.camera.answer) = (.notDetermined, answer)
        await app.screen.appear()
        if answer == .authorized { await until { app.camera.isRunning } }
        #expect(app.camera.isRunning == (answer == .authorized))
        #expect((app.message != nil) == (answer == .denied))
    }

    @Test func aPhoneWithoutACameraIsSaid() async {
        let app = Played()
        app.camera.cameras = []
        await app.screen.appear()
        await until { app.message != nil }
        #expect(app.message == "This phone has no such camera: pick a picture")
    }

    @Test func aCameraThatCannotBeOpenedIsTriedAgain() async {
        let app = Played()
        app.camera.isTaken = true
        await app.screen.appear()
        await until { app.message != nil }
        #expect(app.message == "The camera cannot be opened: Cannot use this device")
        app.camera.isTaken = false
        #expect(app.screen.tap("Tap to try again"))
        #expect(await app.show("coffee") != nil)
    }

    @Test(arguments: [
        (AVCaptureSession.InterruptionReason.videoDeviceInUseByAnotherClient, "Another app"),
        (.videoDeviceNotAvailableWithMultipleForegroundApps, "several apps share the screen"),
        (.videoDeviceNotAvailableDueToSystemPressure, "too hot for the camera"),
        (.audioDeviceInUseByAnotherClient, "The camera was taken away"),
    ])
    func aCameraThatIsTakenAwayComesBack(
        _ reason: AVCaptureSession.InterruptionReason, _ words: String
    ) async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        app.camera.interrupt(reason)
        await until { app.message != nil }
        #expect(app.message?.contains(words) == true)
        app.camera.endInterruption()
        await until { app.message == nil }
        #expect(await app.show("rocket") != nil)
    }

    @Test func aCameraThatFailsIsStartedAgain() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        app.camera.fail()
        await until { app.message != nil }
        #expect(app.message == "The camera failed")
        app.screen.tap("Tap to try again")
        #expect(await app.show("coffee") != nil)
    }

    @Test func aCameraThatComesBackAfterAPauseStaysPaused() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        await app.main.toggle()
        await until { !app.camera.isRunning }
        app.camera.endInterruption()
        await aWhile()
        #expect(app.main.state == .paused("Paused"))
    }

    @Test func aMissingModelIsSaidAndIsNoCrash() async {
        let app = Played(models: [newFolder()])
        await app.screen.appear()
        #expect(app.screen.has("has no manifest.json that can be read"))
        #expect(app.screen.button("Tap to load it again") != nil)
        #expect(app.main.check.text.hasPrefix("Not checked: "))
    }

    @Test func aBuildWithoutModelsIsSaid() async {
        let app = Played(models: [])
        await app.screen.appear()
        #expect(app.screen.has("This build has no models: run make ios-models"))
    }

    @Test func aDamagedModelIsSaidAndLoadedOnceItIsWhole() async throws {
        let app = Played()
        let weights = app.folders.builtIn.appending(
            path: "models/0_model/irrvit_fashion.mlpackage/Data/com.apple.CoreML/weights/weight.bin"
        )
        let whole = try Data(contentsOf: weights)
        try whole.dropLast().write(to: weights)
        await app.screen.appear()
        #expect(app.screen.has("irrvit_fashion.mlpackage is damaged"))
        try whole.write(to: weights)
        app.screen.tap("Tap to load it again")
        await until { app.camera.isRunning }
        #expect(app.main.check.text.hasPrefix("self-check passed"))
    }

    @Test func aModelThatThisSystemCannotCompileIsSaid() async {
        let app = Played(models: [copyOfFashion()])
        PlayedCoreML.shared.cannotCompile = true
        try? FileManager.default.removeItem(at: compiledFolder.appending(path: "compiled"))
        await app.screen.appear()
        #expect(app.screen.has("this system could not compile irrvit_fashion.mlpackage"))
        #expect(app.screen.has("update iOS"))
    }

    @Test func aModelThatIsNoClassifierIsSaid() async {
        let app = Played(models: [copyOfFashion { $0["labels"] = [String]() }])
        await app.screen.appear()
        #expect(app.screen.has("irrvit_fashion names no classes"))
    }

    @Test func aMissingGoldenPictureIsSaid() async throws {
        let app = Played()
        try FileManager.default.removeItem(at: app.folders.builtIn.appending(path: "golden"))
        await app.screen.appear()
        #expect(app.screen.has("astronaut.ppm is missing: build the app again"))
    }

    @Test func aModelThatFailsWhileItRunsIsSaidAndTheCameraRests() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        PlayedCoreML.shared.isBroken = true
        await until {
            app.camera.show(cameraBuffer(picture("coffee"), 90))
            return app.message != nil
        }
        #expect(app.message == "E5RT: the Neural Engine timed out")
        await until { !app.camera.isRunning }
        #expect(!app.camera.isRunning)
        PlayedCoreML.shared.isBroken = false
        app.screen.tap("Tap to load it again")
        await until { app.camera.isRunning }
        #expect(await app.show("coffee") != nil)
    }

    @Test func aWarningOfMemoryPutsTheModelAway() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        PlayedPhone.shared.warnOfMemory()
        await until { app.message != nil }
        #expect(app.message?.contains("runs out of memory") == true)
        await until { !app.camera.isRunning }
        #expect(!app.camera.isRunning)
        app.screen.tap("Tap to load it again")
        await until { app.camera.isRunning }
        #expect(await app.show("coffee") != nil)
    }

    @Test func aPhoneThatIsTooHotRestsUntilItIsCooler() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        PlayedPhone.shared.warm(to: .critical)
        await until { app.message != nil }
        #expect(app.message?.contains("too hot") == true)
        await until { !app.camera.isRunning }
        app.screen.tap("Tap to try again")  // Too early.
        await aWhile()
        #expect(!app.camera.isRunning && app.message?.contains("too hot") == true)
        PlayedPhone.shared.warm(to: .serious)
        #expect(await app.show("coffee") != nil)
    }

    @Test func inTheBackgroundTheCameraRests() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        app.screen.change(to: ScenePhase.background)
        await until { app.main.state == .paused("Paused in the background") }
        await until { !app.camera.isRunning }
        #expect(!app.camera.isRunning)
        app.screen.change(to: ScenePhase.active)
        #expect(await app.show("coffee") != nil)
    }

    @Test func whatWasWrongStaysOnTheScreenWhateverTheCameraStillSends() async {
        let app = Played()
        await app.start()
        PlayedCoreML.shared.delay = 0.3
        app.camera.show(cameraBuffer(picture("coffee"), 90))
        PlayedPhone.shared.warnOfMemory()
        try? await Task.sleep(for: .milliseconds(500))
        #expect(app.message?.contains("runs out of memory") == true)
    }
}
