@_exported import AVFoundation
@_exported import Foundation
@_exported import ImageIO

// What this app uses of UIKit, and of Foundation where Linux lacks it; `PlayedPhone` is what a test
// does to the phone. The comment behind a declaration is the name that Apple's headers have for it.

@MainActor open class UIView: NSObject {  // name: UIView
    open class var layerClass: AnyClass { CALayer.self }  // method: UIView layerClass
    public let layer: CALayer  // method: UIView layer
    public override init() {  // method: UIView init
        layer = (Self.layerClass as! CALayer.Type).init()
    }
}

public final class UIImage: NSObject, @unchecked Sendable {  // name: UIImage
    package let content: Data
    public init?(data: Data) {  // method: UIImage initWithData:
        guard !data.isEmpty else { return nil }
        content = data
    }
}

@MainActor public final class UIApplication {  // name: UIApplication
    public static let shared = UIApplication()  // method: UIApplication sharedApplication
    public var isIdleTimerDisabled = false  // method: UIApplication setIdleTimerDisabled:
    public static let openSettingsURLString = "app-settings:"  // name: UIApplicationOpenSettingsURLString
    public static let didReceiveMemoryWarningNotification = Notification.Name("UIApplicationDidReceiveMemoryWarningNotification")  // name: UIApplicationDidReceiveMemoryWarningNotification
}

@MainActor public final class UIDevice {  // name: UIDevice
    public static let current = UIDevice()  // method: UIDevice currentDevice
    public enum BatteryState: Int, Sendable {  // name: UIDeviceBatteryState
        case unknown = 0  // value: UIDeviceBatteryState.Unknown 0
        case unplugged = 1  // value: UIDeviceBatteryState.Unplugged 1
        case charging = 2  // value: UIDeviceBatteryState.Charging 2
        case full = 3  // value: UIDeviceBatteryState.Full 3
    }
    public var isBatteryMonitoringEnabled = false  // method: UIDevice setBatteryMonitoringEnabled:
    /// Unknown until somebody wants to know.
    public var batteryLevel: Float { isBatteryMonitoringEnabled ? PlayedPhone.shared.battery : -1 }  // method: UIDevice batteryLevel
    public var batteryState: BatteryState {  // method: UIDevice batteryState
        guard isBatteryMonitoringEnabled else { return .unknown }
        return PlayedPhone.shared.isCharging ? .charging : .unplugged
    }
    public var systemName: String { "iOS" }  // method: UIDevice systemName
    public var systemVersion: String { "18.5" }  // method: UIDevice systemVersion
    public var identifierForVendor: UUID? { UUID(uuidString: "00000000-0000-0000-0000-000000000001") }  // method: UIDevice identifierForVendor
    public static let batteryStateDidChangeNotification = Notification.Name("UIDeviceBatteryStateDidChangeNotification")  // name: UIDeviceBatteryStateDidChangeNotification
    public static let batteryLevelDidChangeNotification = Notification.Name("UIDeviceBatteryLevelDidChangeNotification")  // name: UIDeviceBatteryLevelDidChangeNotification
}

extension ProcessInfo {
    public enum ThermalState: Int, Sendable {  // name: NSProcessInfoThermalState
        case nominal = 0  // value: NSProcessInfoThermalState.Nominal 0
        case fair = 1  // value: NSProcessInfoThermalState.Fair 1
        case serious = 2  // value: NSProcessInfoThermalState.Serious 2
        case critical = 3  // value: NSProcessInfoThermalState.Critical 3
    }
    public var thermalState: ThermalState { PlayedPhone.shared.thermalState }  // method: NSProcessInfo thermalState
    public var isLowPowerModeEnabled: Bool { PlayedPhone.shared.isLowPower }  // method: NSProcessInfo isLowPowerModeEnabled
    public static let thermalStateDidChangeNotification = Notification.Name("NSProcessInfoThermalStateDidChangeNotification")  // name: NSProcessInfoThermalStateDidChangeNotification
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
