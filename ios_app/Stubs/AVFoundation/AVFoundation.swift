@_exported import CoreVideo
@_exported import Foundation

// What this app uses of AVFoundation; `PlayedCamera` is what a test does to the camera. The comment
// above a declaration is the name that Apple's headers have for it: tests/ios holds it against them.

// name: AVMediaType
public struct AVMediaType: Hashable, Sendable {
    let name: String
    // name: AVMediaTypeVideo
    public static let video = AVMediaType(name: "vide")
}

// name: AVAuthorizationStatus
public enum AVAuthorizationStatus: Int, Sendable {
    // value: AVAuthorizationStatusNotDetermined 0
    case notDetermined = 0
    // value: AVAuthorizationStatusRestricted 1
    case restricted = 1
    // value: AVAuthorizationStatusDenied 2
    case denied = 2
    // value: AVAuthorizationStatusAuthorized 3
    case authorized = 3
}

// name: CMSampleBuffer
public final class CMSampleBuffer {
    let image: CVImageBuffer?
    package init(_ image: CVImageBuffer?) { self.image = image }
}
// name: CMSampleBufferGetImageBuffer
public func CMSampleBufferGetImageBuffer(_ sbuf: CMSampleBuffer) -> CVImageBuffer? { sbuf.image }

// name: AVCaptureDevice
open class AVCaptureDevice: NSObject {
    // name: AVCaptureDevicePosition
    public enum Position: Int, Sendable {
        // value: AVCaptureDevicePositionUnspecified 0
        case unspecified = 0
        // value: AVCaptureDevicePositionBack 1
        case back = 1
        // value: AVCaptureDevicePositionFront 2
        case front = 2
    }
    // name: AVCaptureDeviceType
    public struct DeviceType: Hashable, Sendable {
        let name: String
        // name: AVCaptureDeviceTypeBuiltInWideAngleCamera
        public static let builtInWideAngleCamera = DeviceType(name: "wide")
    }
    // method: AVCaptureDevice position
    public let position: Position
    init(_ position: Position) { self.position = position }

    // method: AVCaptureDevice defaultDeviceWithDeviceType:mediaType:position:
    public class func `default`(
        _ deviceType: DeviceType, for mediaType: AVMediaType?, position: Position
    ) -> AVCaptureDevice? {
        PlayedCamera.shared.cameras.first { $0 == position }.map(AVCaptureDevice.init)
    }
    // method: AVCaptureDevice authorizationStatusForMediaType:
    public class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus {
        PlayedCamera.shared.authorization
    }
    // method: AVCaptureDevice requestAccessForMediaType:completionHandler:
    public class func requestAccess(for mediaType: AVMediaType) async -> Bool {
        let camera = PlayedCamera.shared
        if camera.authorization == .notDetermined { camera.authorization = camera.answer }
        return camera.authorization == .authorized
    }

    // name: AVCaptureDeviceRotationCoordinator
    public final class RotationCoordinator: NSObject {
        private let isFront: Bool
        // method: AVCaptureDeviceRotationCoordinator initWithDevice:previewLayer:
        public init(device: AVCaptureDevice, previewLayer: CALayer?) {
            isFront = device.position == .front
            super.init()
            PlayedCamera.shared.coordinator = self
        }
        // method: AVCaptureDeviceRotationCoordinator videoRotationAngleForHorizonLevelPreview
        public var videoRotationAngleForHorizonLevelPreview: CGFloat { angle }
        // method: AVCaptureDeviceRotationCoordinator videoRotationAngleForHorizonLevelCapture
        public var videoRotationAngleForHorizonLevelCapture: CGFloat { angle }
        private var angle: CGFloat { CGFloat(PlayedCamera.shared.angle) }

        var observers: [ObjectIdentifier: () -> Void] = [:]
        // swift: Foundation's observation of keys
        public func observe<Value>(
            _ keyPath: KeyPath<RotationCoordinator, Value>,
            options: NSKeyValueObservingOptions = [],
            changeHandler: @escaping (RotationCoordinator, NSKeyValueObservedChange<Value>) -> Void
        ) -> NSKeyValueObservation {
            let observation = NSKeyValueObservation(self)
            let tell = { [unowned self] in
                changeHandler(self, NSKeyValueObservedChange(newValue: self[keyPath: keyPath]))
            }
            observers[ObjectIdentifier(observation)] = tell
            if options.contains(.initial) { tell() }
            return observation
        }
    }
}

// name: NSKeyValueObservingOptions
public struct NSKeyValueObservingOptions: OptionSet, Sendable {
    // swift: of every option set
    public let rawValue: UInt
    // swift: of every option set
    public init(rawValue: UInt) { self.rawValue = rawValue }
    // value: NSKeyValueObservingOptions.New 1
    public static let new = NSKeyValueObservingOptions(rawValue: 1)
    // value: NSKeyValueObservingOptions.Initial 4
    public static let initial = NSKeyValueObservingOptions(rawValue: 4)
}
// swift: Foundation's observation of keys
public struct NSKeyValueObservedChange<Value> {
    // swift: Foundation's observation of keys
    public let newValue: Value?
}
/// One that nobody keeps observes nothing.
// swift: Foundation's observation of keys
public final class NSKeyValueObservation: NSObject {
    private weak var observed: AVCaptureDevice.RotationCoordinator?
    init(_ observed: AVCaptureDevice.RotationCoordinator) { self.observed = observed }
    // swift: Foundation's observation of keys
    public func invalidate() { observed?.observers[ObjectIdentifier(self)] = nil }
    deinit { invalidate() }
}

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
    fileprivate func pause() { isRunning = false }
    fileprivate func goOn() { isRunning = true }
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

// name: CALayer
open class CALayer: NSObject {
    // method: CALayer init
    public required override init() {}
}
// name: AVLayerVideoGravity
public struct AVLayerVideoGravity: Hashable, Sendable {
    let name: String
    // name: AVLayerVideoGravityResizeAspect
    public static let resizeAspect = AVLayerVideoGravity(name: "aspect")
    // name: AVLayerVideoGravityResizeAspectFill
    public static let resizeAspectFill = AVLayerVideoGravity(name: "fill")
}
// name: AVCaptureVideoPreviewLayer
public final class AVCaptureVideoPreviewLayer: CALayer {
    // method: AVCaptureVideoPreviewLayer setSession:
    public var session: AVCaptureSession?
    // method: AVCaptureVideoPreviewLayer setVideoGravity:
    public var videoGravity = AVLayerVideoGravity.resizeAspect
    // method: AVCaptureVideoPreviewLayer connection
    public let connection: AVCaptureConnection? = AVCaptureConnection()
}

/// The camera, as a test plays it.
package final class PlayedCamera: @unchecked Sendable {
    package static let shared = PlayedCamera()
    package var cameras: [AVCaptureDevice.Position] = [.back, .front]
    package var authorization = AVAuthorizationStatus.authorized
    /// What a person says when asked.
    package var answer = AVAuthorizationStatus.authorized
    package var isTaken = false
    /// Degrees by which its frames have to be turned clockwise.
    package private(set) var angle = 90
    package weak var session: AVCaptureSession?
    weak var coordinator: AVCaptureDevice.RotationCoordinator?

    package var isRunning: Bool { session?.isRunning == true }
    package var position: AVCaptureDevice.Position? {
        (session?.inputs.first as? AVCaptureDeviceInput)?.device.position
    }

    package func turn(to angle: Int) {
        self.angle = angle
        coordinator.map { coordinator in coordinator.observers.values.forEach { $0() } }
    }

    /// Give a frame, on a queue that is not the main one; one that comes while the last is still
    /// looked at is dropped only if the app wants that, else it waits. Returns whether it was taken.
    @discardableResult
    package func show(_ buffer: CVPixelBuffer) -> Bool {
        guard let output = session?.outputs.first as? AVCaptureVideoDataOutput, isRunning,
            let queue = output.queue
        else { return false }
        let wanted = output.videoSettings[kCVPixelBufferPixelFormatTypeKey] as? OSType
        precondition(wanted == buffer.format, "the app asked for frames of another format")
        precondition(queue !== DispatchQueue.main, "frames on the main queue")
        if output.alwaysDiscardsLateVideoFrames {
            guard output.isFree.wait(timeout: .now()) == .success else { return false }
        } else {
            output.isFree.wait()
        }
        let frame = Held(output: output, sample: CMSampleBuffer(buffer))
        queue.async {
            let (output, sample) = (frame.output, frame.sample)
            output.delegate?.captureOutput(
                output, didOutput: sample, from: AVCaptureConnection())
            output.isFree.signal()
        }
        return true
    }

    private struct Held: @unchecked Sendable {
        let output: AVCaptureVideoDataOutput
        let sample: CMSampleBuffer
    }

    package func interrupt(_ reason: AVCaptureSession.InterruptionReason) {
        session?.pause()
        post(
            .AVCaptureSessionWasInterrupted,
            [AVCaptureSessionInterruptionReasonKey: reason.rawValue])
    }
    /// As on a phone, the session goes on by itself unless it was stopped.
    package func endInterruption() {
        session?.goOn()
        post(.AVCaptureSessionInterruptionEnded, [:])
    }
    package func fail() {
        session?.pause()
        post(.AVCaptureSessionRuntimeError, [:])
    }
    /// As on a phone, from a thread that is not the main one.
    private func post(_ name: Notification.Name, _ said: [String: Int]) {
        guard let session else { return }
        let about = About(session: session)
        DispatchQueue.global().async {
            NotificationCenter.default.post(name: name, object: about.session, userInfo: said)
        }
    }

    private struct About: @unchecked Sendable { let session: AVCaptureSession }

    package func reset() {
        (cameras, authorization, answer) = ([.back, .front], .authorized, .authorized)
        (isTaken, angle) = (false, 90)
    }
}
