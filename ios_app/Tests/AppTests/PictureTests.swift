import Core
import Foundation
import PhotosUI
import Support
import SwiftUI
import Testing

@testable import App

/// Made by Pillow, which is asked through the oracle's port.
private let tests = iosApp.deletingLastPathComponent().appending(path: "tests/ios")

private func coffee(_ orientation: Int) throws -> Data {
    try Data(contentsOf: tests.appending(path: "pictures/coffee_\(orientation).png"))
}

@Suite(.serialized) @MainActor struct PictureTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func aPictureIsSeenUprightWhateverItsExifSays(_ orientation: Int) async throws {
        let app = Played()
        await app.start()
        await app.main.look(at: PhotosPickerItem(content: try coffee(1)))
        let upright = try #require(app.seen)
        await app.main.look(at: PhotosPickerItem(content: try coffee(orientation)))
        #expect(app.seen?.prediction.guesses == upright.prediction.guesses)
        #expect(app.seen?.source == .picture)
    }

    @Test func whileAPictureIsLookedAtTheCameraRests() async throws {
        let app = Played()
        await app.start()
        let item = PhotosPickerItem(content: try coffee(1))
        app.screen.pick?(item)
        app.screen.change(to: Optional(item) as Any)
        await until { app.seen?.source == .picture }
        await until { !app.camera.isRunning }
        #expect(app.screen.pieces.contains("Image"))
        #expect(app.screen.has("Picture · preprocessing") && app.screen.has("still"))
        #expect(app.screen.spoken.contains("The picture you picked"))
        app.screen.tap("Back to camera")
        await until { app.camera.isRunning }
        #expect(app.screen.pieces.contains("PreviewView"))
    }

    @Test(arguments: [Data("no picture".utf8), nil])
    func whatIsNoPictureIsSaid(_ content: Data?) async {
        let app = Played()
        await app.start()
        await app.main.look(at: PhotosPickerItem(content: content))
        let said = content == nil ? "not on this phone" : "no picture that the phone can read"
        #expect(app.message?.contains(said) == true)
        app.screen.tap("Tap to try again")
        #expect(await app.show("coffee") != nil)
    }

    @Test(arguments: [
        "", "P6", "P6\n2 2\n255\n", "P5\n1 1\n255\nabc", "P6\n1 1\n65535\nabc",
        "P6\n-1 1\n255\nabc", "P6\n1\n255\nabc", "P6\n99999 99999\n255\nabc",
        "P6\n1 1\n255\nabcd",
    ])
    func aDamagedGoldenPictureIsNone(_ text: String) {
        #expect(Picture(ppm: Data(text.utf8)) == nil)
    }

    @Test func aGoldenPictureIsReadToTheByte() throws {
        let picture = try #require(Picture(ppm: Data("P6\n2 1\n255\nabc\u{a}de".utf8)))
        #expect(picture.rgba == [97, 98, 99, 255, 10, 100, 101, 255])
    }
}
