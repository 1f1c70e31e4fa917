import Foundation
import Runtime
import Support
import SwiftUI
import Testing
import UIKit

@testable import App

@Suite(.serialized) @MainActor struct DeviceFactsTests {
    @Test func thePhoneSaysWhatItIsAndNotWhoseItIs() {
        let facts = DeviceFacts()
        #expect(facts.device.kind == "iphone" && facts.device.os == "iOS 18.5")
        #expect(facts.device.idHash.count == 16)
        #expect(!facts.device.idHash.contains("00000000"))
        #expect(!facts.device.emulated)
    }

    @Test func itSaysHowItIs() async {
        PlayedPhone.shared.reset()
        PlayedPhone.shared.isCharging = true
        let facts = DeviceFacts()
        #expect(facts.state.batteryPercent == 80 && facts.state.charging == true)
        PlayedPhone.shared.isCharging = false
        NotificationCenter.default.post(
            name: UIDevice.batteryStateDidChangeNotification, object: nil)
        await until { facts.state.charging == false }
        #expect(facts.state.charging == false)
    }

    @Test(arguments: [
        (ProcessInfo.ThermalState.nominal, "none"), (.fair, "fair"), (.serious, "severe"),
        (.critical, "critical"),
    ])
    func heatIsSaidInTheWordsOfRecords(_ state: ProcessInfo.ThermalState, _ status: String) {
        #expect(state.status == status)
    }

    @Test(arguments: [
        ("iPhone15,4", "iPhone 15", "A16"), ("iPhone16,1", "iPhone 15 Pro", "A17 Pro"),
        ("iPhone99,9", "iPhone99,9", "unknown"),
    ])
    func identifiersHaveNames(_ identifier: String, _ name: String, _ soc: String) {
        #expect(deviceName(identifier) == DeviceName(name: name, soc: soc))
    }

    @Test(
        arguments: [
            (0, 0), (90, 90), (180, 180), (270, 270), (360, 0), (-90, 270), (44, 0), (46, 90),
            (269.5, 270),
        ] as [(CGFloat, Int)])
    func anglesAreQuarterTurns(_ angle: CGFloat, _ expected: Int) {
        #expect(quarterTurn(angle) == expected)
    }

    @Test func framesASecondAreThoseOfTheLastSecond() {
        var rate = Rate()
        let counts = [0, 400, 800, 1000, 1399, 5000].map { rate.add(UInt64($0) * 1_000_000) }
        #expect(counts == [1, 2, 3, 3, 4, 1])
    }

    @Test func modelsThatWereAddedAreListedAfterThoseBuiltIn() throws {
        let documents = newFolder()
        try FileManager.default.copyItem(at: fashion, to: documents.appending(path: "mine"))
        try FileManager.default.createDirectory(
            at: documents.appending(path: "empty"), withIntermediateDirectories: true)
        let models = Models(
            builtIn: fashion.deletingLastPathComponent(), documents: documents)
        let names = models.choices().map(\.name)
        #expect(
            names.suffix(3) == [
                "irrvit_fashion fp16", "empty, added", "irrvit_fashion fp16, added",
            ])
    }
}
