@_exported import AVFoundation
@_exported import Foundation
@_exported import ImageIO

// What this app uses of UIKit, and of Foundation where Linux lacks it; `PlayedPhone` is what a test
// does to the phone. The comment above a declaration is the name that Apple's headers have for it.

// name: UIView
@MainActor open class UIView: NSObject {
    // method: UIView layerClass
    open class var layerClass: AnyClass { CALayer.self }
    // method: UIView layer
    public let layer: CALayer
    // method: UIView init
    public override init() {
        layer = (Self.layerClass as! CALayer.Type).init()
    }
}

// name: UIImage
public final class UIImage: NSObject, @unchecked Sendable {
    package let content: Data
    // method: UIImage initWithData:
    public init?(data: Data) {
        guard !data.isEmpty else { return nil }
        content = data
    }
}

// name: UIApplication
@MainActor public final class UIApplication {
    // method: UIApplication sharedApplication
    public static let shared = UIApplication()
    // method: UIApplication setIdleTimerDisabled:
    public var isIdleTimerDisabled = false
    // name: UIApplicationOpenSettingsURLString
    public static let openSettingsURLString = "app-settings:"
    // name: UIApplicationDidReceiveMemoryWarningNotification
    public static let didReceiveMemoryWarningNotification = Notification.Name(
        "UIApplicationDidReceiveMemoryWarningNotification")
}

// name: UIDevice
@MainActor public final class UIDevice {
    // method: UIDevice currentDevice
    public static let current = UIDevice()
    // name: UIDeviceBatteryState
    public enum BatteryState: Int, Sendable {
        // value: UIDeviceBatteryState.Unknown 0
        case unknown = 0
        // value: UIDeviceBatteryState.Unplugged 1
        case unplugged = 1
        // value: UIDeviceBatteryState.Charging 2
        case charging = 2
        // value: UIDeviceBatteryState.Full 3
        case full = 3
    }
    // method: UIDevice setBatteryMonitoringEnabled:
    public var isBatteryMonitoringEnabled = false
    /// Unknown until somebody wants to know.
    // method: UIDevice batteryLevel
    public var batteryLevel: Float { isBatteryMonitoringEnabled ? PlayedPhone.shared.battery : -1 }
    // method: UIDevice batteryState
    public var batteryState: BatteryState {
        guard isBatteryMonitoringEnabled else { return .unknown }
        return PlayedPhone.shared.isCharging ? .charging : .unplugged
    }
    // method: UIDevice systemName
    public var systemName: String { "iOS" }
    // method: UIDevice systemVersion
    public var systemVersion: String { "18.5" }
    // method: UIDevice identifierForVendor
    public var identifierForVendor: UUID? {
        UUID(uuidString: "00000000-0000-0000-0000-000000000001")
    }
    // name: UIDeviceBatteryStateDidChangeNotification
    public static let batteryStateDidChangeNotification = Notification.Name(
        "UIDeviceBatteryStateDidChangeNotification")
    // name: UIDeviceBatteryLevelDidChangeNotification
    public static let batteryLevelDidChangeNotification = Notification.Name(
        "UIDeviceBatteryLevelDidChangeNotification")
}

extension ProcessInfo {
    // name: NSProcessInfoThermalState
    public enum ThermalState: Int, Sendable {
        // value: NSProcessInfoThermalState.Nominal 0
        case nominal = 0
        // value: NSProcessInfoThermalState.Fair 1
        case fair = 1
        // value: NSProcessInfoThermalState.Serious 2
        case serious = 2
        // value: NSProcessInfoThermalState.Critical 3
        case critical = 3
    }
    // method: NSProcessInfo thermalState
    public var thermalState: ThermalState { PlayedPhone.shared.thermalState }
    // method: NSProcessInfo isLowPowerModeEnabled
    public var isLowPowerModeEnabled: Bool { PlayedPhone.shared.isLowPower }
    // name: NSProcessInfoThermalStateDidChangeNotification
    public static let thermalStateDidChangeNotification = Notification.Name(
        "NSProcessInfoThermalStateDidChangeNotification")
}

/// The phone, as a test plays it.
package final class PlayedPhone: @unchecked Sendable {
    package static let shared = PlayedPhone()
    package var thermalState = ProcessInfo.ThermalState.nominal
    package var isLowPower = false
    package var battery: Float = 0.8
    package var isCharging = false

    package func warm(to state: ProcessInfo.ThermalState) {
        thermalState = state
        let name = ProcessInfo.thermalStateDidChangeNotification
        NotificationCenter.default.post(name: name, object: nil)
    }
    @MainActor package func warnOfMemory() {
        let name = UIApplication.didReceiveMemoryWarningNotification
        NotificationCenter.default.post(name: name, object: nil)
    }
    package func reset() {
        (thermalState, isLowPower, battery, isCharging) = (.nominal, false, 0.8, false)
    }
}
