import Core
import Foundation
import Runtime
import UIKit

/// What this phone is, and how it is just now.
final class DeviceFacts: Facts {
    let device: DeviceInfo
    /// UIDevice may be asked on the main thread only: what it said last.
    private let battery = Locked<Battery>(Battery(percent: nil, isCharging: nil))
    private let observers = Observers()

    private struct Battery {
        let percent: Double?
        let isCharging: Bool?
    }

    @MainActor init() {
        let ui = UIDevice.current
        let info = ProcessInfo.processInfo
        let simulated = info.environment["SIMULATOR_MODEL_IDENTIFIER"]
        let identifier = simulated ?? machine()
        let named = deviceName(identifier)
        let vendor = ui.identifierForVendor?.uuidString ?? ""
        device = DeviceInfo(
            name: named.name, soc: named.soc,
            os: "\(ui.systemName) \(ui.systemVersion)", ramBytes: Int(info.physicalMemory),
            cores: info.activeProcessorCount, emulated: simulated != nil,
            // Tells phones apart and names none.
            idHash: shortHash("\(vendor) \(identifier)"))
        ui.isBatteryMonitoringEnabled = true
        readBattery()
        let level = UIDevice.batteryLevelDidChangeNotification
        for name in [level, UIDevice.batteryStateDidChangeNotification] {
            observers.on(name) { [weak self] _ in
                Task { @MainActor in self?.readBattery() }
            }
        }
    }

    var state: DeviceState {
        let (battery, info) = (battery.value, ProcessInfo.processInfo)
        return DeviceState(
            atUtc: nowUtc(), batteryPercent: battery.percent, charging: battery.isCharging,
            thermalStatus: info.thermalState.status, isLowPower: info.isLowPowerModeEnabled)
    }

    @MainActor private func readBattery() {
        let ui = UIDevice.current
        let isKnown = ui.batteryState != .unknown
        battery.set(
            Battery(
                percent: isKnown ? (100 * Double(ui.batteryLevel)).rounded() : nil,
                isCharging: isKnown ? ui.batteryState != .unplugged : nil))
    }
}

extension ProcessInfo.ThermalState {
    /// In Android's words, which records use; it has none for "fair", which is warm: a phone slows
    /// down from "serious" on.
    var status: String {
        switch self {
        case .nominal: "none"
        case .fair: "fair"
        case .serious: "severe"
        case .critical: "critical"
        @unknown default: "critical"
        }
    }
}

/// As "iPhone15,4".
private func machine() -> String {
    var facts = utsname()
    uname(&facts)
    return withUnsafeBytes(of: facts.machine) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
}
