import Core
import CoreML
import Foundation
import Runtime
import Support
import SwiftUI
import Testing
import UIKit

@testable import App

/// The page, on a port of its own and with less time than a person has.
@MainActor private final class Page {
    let model: BenchmarkModel
    let view: BenchmarkView
    let records: URL

    init(models: [URL] = [fashion], port: UInt16 = 0, repeats: Int = 2) {
        PlayedPhone.shared.reset()
        PlayedCoreML.shared.reset()
        let compiled = CompiledModels(folder: compiledFolder)
        records = newFolder()
        var config = RunConfig(accelerator: "")
        (config.iterations, config.seconds, config.warmupS) = (3, 0.01, 0)
        config.repeats = repeats
        model = BenchmarkModel(
            choices: models.map { Choice(name: $0.lastPathComponent, folder: $0) },
            parts: BenchmarkParts(
                facts: DeviceFacts(), pictures: Pictures(folder: goldenPictures),
                open: { try compiled.open($0, sha256: $1, accelerator: $2) },
                records: records, pushed: newFolder(), port: port, config: config))
        view = BenchmarkView(model: model)
    }

    var screen: Screen { SwiftUI.screen(view) }

    /// Press, and wait until it is through.
    func measure(_ meanwhile: () async -> Void = {}) async {
        screen.tap("Measure")
        await until { self.model.isMeasuring || !self.model.status.isEmpty }
        await meanwhile()
        await until(60) { !self.model.isMeasuring }
    }
}

@Suite(.serialized) @MainActor struct BenchmarkModelTests {
    @Test func aRunIsShownAndItsRecordShared() async throws {
        let page = Page()
        page.screen.choose("CPU only", of: "Run on")
        await page.measure()
        #expect(page.model.status == "Done")
        #expect(page.screen.has("p50: ") && page.screen.has("Ran on: cpu"))
        #expect(page.screen.has("Answers: all 6 as PyTorch's"))
        let file = try #require(page.screen.shared.first)
        #expect(file.lastPathComponent.hasPrefix("irrvit_fashion-coreml-"))
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.hasSuffix("}\n") && text.split(separator: "\n").count == 1)
        // tests/ios/test_measurement.py reads what lies there.
        let seen = iosApp.appending(path: "build/seen")
        try FileManager.default.createDirectory(at: seen, withIntermediateDirectories: true)
        try text.write(
            to: seen.appending(path: "measurement.jsonl"), atomically: true, encoding: .utf8)
    }

    @Test func thePhoneIsReachedOnlyWhileThePageIsOpenInFront() async throws {
        let page = Page()
        #expect(page.model.listeningPort == nil)
        await page.screen.appear()
        let port = try #require(page.model.listeningPort)
        #expect(Talk(port: port)?.ask("hello")?["name"] as? String == "x86_64")
        #expect(page.screen.has("irrvit-bench can reach this phone"))
        page.screen.change(to: ScenePhase.background)
        #expect(page.model.listeningPort == nil)
        await until { Talk(port: port) == nil }
        #expect(Talk(port: port) == nil)
        page.screen.change(to: ScenePhase.active)
        #expect(page.model.listeningPort != nil)
        page.screen.disappear()
        #expect(page.model.listeningPort == nil)
    }

    @Test func whileThePhoneMeasuresNobodyElseDoes() async throws {
        let page = Page(repeats: 100)
        await page.screen.appear()
        await page.measure {
            #expect(page.model.listeningPort == nil)
            #expect(page.screen.has("irrvit-bench has to wait"))
            #expect(page.screen.button("Measure")?.isEnabled == false)
            page.screen.tap("Stop")
        }
        #expect(page.model.listeningPort != nil)
        page.screen.disappear()
    }

    @Test func aRunThatIsStoppedKeepsWhatItHas() async throws {
        let page = Page(repeats: 100)
        await page.measure {
            await until { page.model.status == "repeat 2 of 100" }
            page.screen.tap("Stop")
        }
        #expect(page.model.status == "Stopped: by you")
        let record = try #require(page.model.record)
        let read =
            try JSONSerialization.jsonObject(with: Data(contentsOf: record)) as? [String: Any]
        #expect(read?["interrupted"] as? Bool == true)
    }

    @Test(arguments: ["background", "memory", "heat", "left"])
    func whateverSpoilsARunEndsIt(_ what: String) async {
        let page = Page(repeats: 100)
        await page.screen.appear()
        await page.measure {
            await until { page.model.status == "repeat 2 of 100" }
            switch what {
            case "background": page.screen.change(to: ScenePhase.background)
            case "memory": PlayedPhone.shared.warnOfMemory()
            case "heat": PlayedPhone.shared.warm(to: .critical)
            default: page.screen.disappear()
            }
        }
        let expected = [
            "background": "the app went to the background",
            "memory": "the phone runs out of memory", "heat": "the phone is too hot",
            "left": "the page was left",
        ]
        #expect(page.model.status == "Stopped: \(expected[what] ?? "")")
        page.screen.disappear()
    }

    @Test func aModelThatCannotBeMeasuredIsSaid() async {
        let page = Page(models: [newFolder()])
        await page.measure()
        #expect(page.model.status.hasPrefix("Not measured: "))
        #expect(page.model.status.contains("has no manifest.json that can be read"))
    }

    @Test func answersThatAreWrongAreSaid() async {
        let page = Page(repeats: 1)
        PlayedCoreML.shared.error = 100
        await page.measure()
        #expect(page.screen.has("names another class than the reference"))
    }

    @Test func lowPowerModeIsSaid() {
        let page = Page()
        PlayedPhone.shared.isLowPower = true
        #expect(page.screen.has("Low Power Mode is on"))
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        let first = Page()
        await first.screen.appear()
        let second = Page(port: try #require(first.model.listeningPort))
        await second.screen.appear()
        #expect(second.screen.has("irrvit-bench cannot reach this phone: port"))
        first.screen.disappear()
    }

    @Test func anAppThatXcodeStartsForAMeasurementOpensThisPage() {
        let app = Played()
        let (main, benchmark) = (app.main, app.parts.benchmark)
        let started = screen(
            RootView(main: main, benchmark: benchmark, arguments: ["IRRViT", "--benchmark"]))
        #expect(started.button("Measure") != nil && started.pieces.isEmpty)
        let tapped = screen(RootView(main: main, benchmark: benchmark, arguments: ["IRRViT"]))
        #expect(tapped.button("Measure") == nil && tapped.links["Benchmark"] != nil)
    }

    @Test func whileThePageIsOpenTheCameraRests() async {
        let app = Played()
        await app.start()
        await app.show("coffee")
        let page = app.screen.links["Benchmark"]?()
        await page?.appear()
        #expect(app.main.state == .paused("Paused for the benchmark"))
        page?.disappear()
        #expect(await app.show("coffee") != nil)
        app.parts.benchmark.disappear()
    }
}
