import CoreVideo
import Foundation

// name: AVCaptureInput
open class AVCaptureInput: NSObject {}
// name: AVCaptureOutput
open class AVCaptureOutput: NSObject {}

// name: AVCaptureDeviceInput
public final class AVCaptureDeviceInput: AVCaptureInput {
    // method: AVCaptureDeviceInput device
    public let device: AVCaptureDevice
    // method: AVCaptureDeviceInput initWithDevice:error:
    public init(device: AVCaptureDevice) throws {
        if PlayedCamera.shared.isTaken {
            let said = [NSLocalizedDescriptionKey: "Cannot use this device"]
            throw NSError(domain: "AVFoundationErrorDomain", code: -11815, userInfo: said)
        }
        self.device = device
    }
}
// name: AVCaptureConnection
public final class AVCaptureConnection: NSObject {
    // method: AVCaptureConnection setVideoRotationAngle:
    public var videoRotationAngle: CGFloat = 0
    // method: AVCaptureConnection isVideoRotationAngleSupported:
    public func isVideoRotationAngleSupported(_ videoRotationAngle: CGFloat) -> Bool { true }
}

// name: AVCaptureVideoDataOutputSampleBufferDelegate
public protocol AVCaptureVideoDataOutputSampleBufferDelegate: NSObjectProtocol {
    // method: AVCaptureVideoDataOutputSampleBufferDelegate captureOutput:didOutputSampleBuffer:fromConnection:
    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer,
        from connection: AVCaptureConnection)
}
// name: AVCaptureVideoDataOutput
public final class AVCaptureVideoDataOutput: AVCaptureOutput {
    // method: AVCaptureVideoDataOutput setVideoSettings:
    public var videoSettings: [String: Any]! = [:]
    // method: AVCaptureVideoDataOutput setAlwaysDiscardsLateVideoFrames:
    public var alwaysDiscardsLateVideoFrames = false
    weak var delegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?
    var queue: DispatchQueue?
    let isFree = DispatchSemaphore(value: 1)
    // method: AVCaptureVideoDataOutput setSampleBufferDelegate:queue:
    public func setSampleBufferDelegate(
        _ sampleBufferDelegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?,
        queue sampleBufferCallbackQueue: DispatchQueue?
    ) {
        (delegate, queue) = (sampleBufferDelegate, sampleBufferCallbackQueue)
    }
}

// name: AVCaptureSession
open class AVCaptureSession: NSObject {
    // name: AVCaptureSessionPreset
    public struct Preset: Hashable, Sendable {
        let name: String
        // name: AVCaptureSessionPreset1280x720
        public static let hd1280x720 = Preset(name: "720p")
        // name: AVCaptureSessionPresetHigh
        public static let high = Preset(name: "high")
    }
    // method: AVCaptureSession setSessionPreset:
    public var sessionPreset = Preset.high
    // method: AVCaptureSession isRunning
    public private(set) var isRunning = false
    // method: AVCaptureSession inputs
    public private(set) var inputs: [AVCaptureInput] = []
    // method: AVCaptureSession outputs
    public private(set) var outputs: [AVCaptureOutput] = []
    private var isConfiguring = false

    // swift: of NSObject
    public override init() {
        super.init()
        PlayedCamera.shared.session = self
    }
    // method: AVCaptureSession beginConfiguration
    public func beginConfiguration() { isConfiguring = true }
    // method: AVCaptureSession commitConfiguration
    public func commitConfiguration() { isConfiguring = false }
    // method: AVCaptureSession canSetSessionPreset:
    public func canSetSessionPreset(_ preset: Preset) -> Bool { true }
    // method: AVCaptureSession canAddInput:
    public func canAddInput(_ input: AVCaptureInput) -> Bool { inputs.isEmpty }
    // method: AVCaptureSession addInput:
    public func addInput(_ input: AVCaptureInput) { inputs.append(input) }
    // method: AVCaptureSession removeInput:
    public func removeInput(_ input: AVCaptureInput) { inputs.removeAll { $0 === input } }
    // method: AVCaptureSession canAddOutput:
    public func canAddOutput(_ output: AVCaptureOutput) -> Bool { outputs.isEmpty }
    // method: AVCaptureSession addOutput:
    public func addOutput(_ output: AVCaptureOutput) { outputs.append(output) }

    /// Both take long, so neither may be called where the screen is drawn.
    // method: AVCaptureSession startRunning
    public func startRunning() {
        dispatchPrecondition(condition: .notOnQueue(.main))
        precondition(
            !isConfiguring, "startRunning between beginConfiguration and commitConfiguration")
        isRunning = true
    }
    // method: AVCaptureSession stopRunning
    public func stopRunning() {
        dispatchPrecondition(condition: .notOnQueue(.main))
        isRunning = false
    }
    func pause() { isRunning = false }
    func goOn() { isRunning = true }
}

extension Notification.Name {
    // name: AVCaptureSessionRuntimeErrorNotification
    public static let AVCaptureSessionRuntimeError = Notification.Name(
        "AVCaptureSessionRuntimeErrorNotification")
    // name: AVCaptureSessionWasInterruptedNotification
    public static let AVCaptureSessionWasInterrupted = Notification.Name(
        "AVCaptureSessionWasInterruptedNotification")
    // name: AVCaptureSessionInterruptionEndedNotification
    public static let AVCaptureSessionInterruptionEnded = Notification.Name(
        "AVCaptureSessionInterruptionEndedNotification")
}
// name: AVCaptureSessionInterruptionReasonKey
public let AVCaptureSessionInterruptionReasonKey = "AVCaptureSessionInterruptionReasonKey"
extension AVCaptureSession {
    // name: AVCaptureSessionInterruptionReason
    public enum InterruptionReason: Int, Sendable {
        // value: AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableInBackground 1
        case videoDeviceNotAvailableInBackground = 1
        // value: AVCaptureSessionInterruptionReasonAudioDeviceInUseByAnotherClient 2
        case audioDeviceInUseByAnotherClient = 2
        // value: AVCaptureSessionInterruptionReasonVideoDeviceInUseByAnotherClient 3
        case videoDeviceInUseByAnotherClient = 3
        // value: AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableWithMultipleForegroundApps 4
        case videoDeviceNotAvailableWithMultipleForegroundApps = 4
        // value: AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableDueToSystemPressure 5
        case videoDeviceNotAvailableDueToSystemPressure = 5
    }
}
