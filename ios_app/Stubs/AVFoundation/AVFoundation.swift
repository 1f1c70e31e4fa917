@_exported import CoreVideo
@_exported import Foundation

// What this app uses of AVFoundation; `PlayedCamera` is what a test does to the camera. The comment
// behind a declaration is the name that Apple's headers have for it: tests/ios holds it against them.

public struct AVMediaType: Hashable, Sendable {  // name: AVMediaType
    let name: String
    public static let video = AVMediaType(name: "vide")  // name: AVMediaTypeVideo
}

public enum AVAuthorizationStatus: Int, Sendable {  // name: AVAuthorizationStatus
    case notDetermined = 0  // value: AVAuthorizationStatusNotDetermined 0
    case restricted = 1  // value: AVAuthorizationStatusRestricted 1
    case denied = 2  // value: AVAuthorizationStatusDenied 2
    case authorized = 3  // value: AVAuthorizationStatusAuthorized 3
}

public final class CMSampleBuffer {  // name: CMSampleBuffer
    let image: CVImageBuffer?
    package init(_ image: CVImageBuffer?) { self.image = image }
}
public func CMSampleBufferGetImageBuffer(_ sbuf: CMSampleBuffer) -> CVImageBuffer? { sbuf.image }  // name: CMSampleBufferGetImageBuffer

open class AVCaptureDevice: NSObject {  // name: AVCaptureDevice
    public enum Position: Int, Sendable {  // name: AVCaptureDevicePosition
        case unspecified = 0  // value: AVCaptureDevicePositionUnspecified 0
        case back = 1  // value: AVCaptureDevicePositionBack 1
        case front = 2  // value: AVCaptureDevicePositionFront 2
    }
    public struct DeviceType: Hashable, Sendable {  // name: AVCaptureDeviceType
        let name: String
        public static let builtInWideAngleCamera = DeviceType(name: "wide")  // name: AVCaptureDeviceTypeBuiltInWideAngleCamera
    }
    public let position: Position  // method: AVCaptureDevice position
    init(_ position: Position) { self.position = position }

    public class func `default`(  // method: AVCaptureDevice defaultDeviceWithDeviceType:mediaType:position:
        _ deviceType: DeviceType, for mediaType: AVMediaType?, position: Position
    ) -> AVCaptureDevice? {
        PlayedCamera.shared.cameras.first { $0 == position }.map(AVCaptureDevice.init)
    }
    public class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus {  // method: AVCaptureDevice authorizationStatusForMediaType:
        PlayedCamera.shared.authorization
    }
    public class func requestAccess(for mediaType: AVMediaType) async -> Bool {  // method: AVCaptureDevice requestAccessForMediaType:completionHandler:
        let camera = PlayedCamera.shared
        if camera.authorization == .notDetermined { camera.authorization = camera.answer }
        return camera.authorization == .authorized
    }

    public final class RotationCoordinator: NSObject {  // name: AVCaptureDeviceRotationCoordinator
        private let isFront: Bool
        public init(device: AVCaptureDevice, previewLayer: CALayer?) {  // method: AVCaptureDeviceRotationCoordinator initWithDevice:previewLayer:
            isFront = device.position == .front
            super.init()
            PlayedCamera.shared.coordinator = self
        }
        public var videoRotationAngleForHorizonLevelPreview: CGFloat { angle }  // method: AVCaptureDeviceRotationCoordinator videoRotationAngleForHorizonLevelPreview
        public var videoRotationAngleForHorizonLevelCapture: CGFloat { angle }  // method: AVCaptureDeviceRotationCoordinator videoRotationAngleForHorizonLevelCapture
        private var angle: CGFloat { CGFloat(PlayedCamera.shared.angle) }

        var observers: [ObjectIdentifier: () -> Void] = [:]
        public func observe<Value>(  // swift: Foundation's observation of keys
            _ keyPath: KeyPath<RotationCoordinator, Value>, options: NSKeyValueObservingOptions = [],
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

public struct NSKeyValueObservingOptions: OptionSet, Sendable {  // name: NSKeyValueObservingOptions
    public let rawValue: UInt  // swift: of every option set
    public init(rawValue: UInt) { self.rawValue = rawValue }  // swift: of every option set
    public static let new = NSKeyValueObservingOptions(rawValue: 1)  // value: NSKeyValueObservingOptions.New 1
    public static let initial = NSKeyValueObservingOptions(rawValue: 4)  // value: NSKeyValueObservingOptions.Initial 4
}
public struct NSKeyValueObservedChange<Value> {  // swift: Foundation's observation of keys
    public let newValue: Value?  // swift: Foundation's observation of keys
}
/// One that nobody keeps observes nothing.
public final class NSKeyValueObservation: NSObject {  // swift: Foundation's observation of keys
    private weak var observed: AVCaptureDevice.RotationCoordinator?
    init(_ observed: AVCaptureDevice.RotationCoordinator) { self.observed = observed }
    public func invalidate() { observed?.observers[ObjectIdentifier(self)] = nil }  // swift: Foundation's observation of keys
    deinit { invalidate() }
}

open class AVCaptureInput: NSObject {}  // name: AVCaptureInput
open class AVCaptureOutput: NSObject {}  // name: AVCaptureOutput

public final class AVCaptureDeviceInput: AVCaptureInput {  // name: AVCaptureDeviceInput
    public let device: AVCaptureDevice  // method: AVCaptureDeviceInput device
    public init(device: AVCaptureDevice) throws {  // method: AVCaptureDeviceInput initWithDevice:error:
        if PlayedCamera.shared.isTaken {
            let said = [NSLocalizedDescriptionKey: "Cannot use this device"]
            throw NSError(domain: "AVFoundationErrorDomain", code: -11815, userInfo: said)
        }
        self.device = device
    }
}
public final class AVCaptureConnection: NSObject {  // name: AVCaptureConnection
    public var videoRotationAngle: CGFloat = 0  // method: AVCaptureConnection setVideoRotationAngle:
    public func isVideoRotationAngleSupported(_ videoRotationAngle: CGFloat) -> Bool { true }  // method: AVCaptureConnection isVideoRotationAngleSupported:
}

public protocol AVCaptureVideoDataOutputSampleBufferDelegate: NSObjectProtocol {  // name: AVCaptureVideoDataOutputSampleBufferDelegate
    func captureOutput(  // method: AVCaptureVideoDataOutputSampleBufferDelegate captureOutput:didOutputSampleBuffer:fromConnection:
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer,
        from connection: AVCaptureConnection)
}
public final class AVCaptureVideoDataOutput: AVCaptureOutput {  // name: AVCaptureVideoDataOutput
    public var videoSettings: [String: Any]! = [:]  // method: AVCaptureVideoDataOutput setVideoSettings:
    public var alwaysDiscardsLateVideoFrames = false  // method: AVCaptureVideoDataOutput setAlwaysDiscardsLateVideoFrames:
    weak var delegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?
    var queue: DispatchQueue?
    let isFree = DispatchSemaphore(value: 1)
    public func setSampleBufferDelegate(  // method: AVCaptureVideoDataOutput setSampleBufferDelegate:queue:
        _ sampleBufferDelegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?,
        queue sampleBufferCallbackQueue: DispatchQueue?
    ) {
        (delegate, queue) = (sampleBufferDelegate, sampleBufferCallbackQueue)
    }
}

open class AVCaptureSession: NSObject {  // name: AVCaptureSession
    public struct Preset: Hashable, Sendable {  // name: AVCaptureSessionPreset
        let name: String
        public static let hd1280x720 = Preset(name: "720p")  // name: AVCaptureSessionPreset1280x720
        public static let high = Preset(name: "high")  // name: AVCaptureSessionPresetHigh
    }
    public var sessionPreset = Preset.high  // method: AVCaptureSession setSessionPreset:
    public private(set) var isRunning = false  // method: AVCaptureSession isRunning
    public private(set) var inputs: [AVCaptureInput] = []  // method: AVCaptureSession inputs
    public private(set) var outputs: [AVCaptureOutput] = []  // method: AVCaptureSession outputs
    private var isConfiguring = false

    public override init() {  // swift: of NSObject
        super.init()
        PlayedCamera.shared.session = self
    }
    public func beginConfiguration() { isConfiguring = true }  // method: AVCaptureSession beginConfiguration
    public func commitConfiguration() { isConfiguring = false }  // method: AVCaptureSession commitConfiguration
    public func canSetSessionPreset(_ preset: Preset) -> Bool { true }  // method: AVCaptureSession canSetSessionPreset:
    public func canAddInput(_ input: AVCaptureInput) -> Bool { inputs.isEmpty }  // method: AVCaptureSession canAddInput:
    public func addInput(_ input: AVCaptureInput) { inputs.append(input) }  // method: AVCaptureSession addInput:
    public func removeInput(_ input: AVCaptureInput) { inputs.removeAll { $0 === input } }  // method: AVCaptureSession removeInput:
    public func canAddOutput(_ output: AVCaptureOutput) -> Bool { outputs.isEmpty }  // method: AVCaptureSession canAddOutput:
    public func addOutput(_ output: AVCaptureOutput) { outputs.append(output) }  // method: AVCaptureSession addOutput:

    /// Both take long, so neither may be called where the screen is drawn.
    public func startRunning() {  // method: AVCaptureSession startRunning
        dispatchPrecondition(condition: .notOnQueue(.main))
        precondition(!isConfiguring, "startRunning between beginConfiguration and commitConfiguration")
        isRunning = true
    }
    public func stopRunning() {  // method: AVCaptureSession stopRunning
        dispatchPrecondition(condition: .notOnQueue(.main))
        isRunning = false
    }
    fileprivate func pause() { isRunning = false }
    fileprivate func goOn() { isRunning = true }
}

extension Notification.Name {
    public static let AVCaptureSessionRuntimeError = Notification.Name("AVCaptureSessionRuntimeErrorNotification")  // name: AVCaptureSessionRuntimeErrorNotification
    public static let AVCaptureSessionWasInterrupted = Notification.Name("AVCaptureSessionWasInterruptedNotification")  // name: AVCaptureSessionWasInterruptedNotification
    public static let AVCaptureSessionInterruptionEnded = Notification.Name("AVCaptureSessionInterruptionEndedNotification")  // name: AVCaptureSessionInterruptionEndedNotification
}
public let AVCaptureSessionInterruptionReasonKey = "AVCaptureSessionInterruptionReasonKey"  // name: AVCaptureSessionInterruptionReasonKey
extension AVCaptureSession {
    public enum InterruptionReason: Int, Sendable {  // name: AVCaptureSessionInterruptionReason
        case videoDeviceNotAvailableInBackground = 1  // value: AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableInBackground 1
        case audioDeviceInUseByAnotherClient = 2  // value: AVCaptureSessionInterruptionReasonAudioDeviceInUseByAnotherClient 2
        case videoDeviceInUseByAnotherClient = 3  // value: AVCaptureSessionInterruptionReasonVideoDeviceInUseByAnotherClient 3
        case videoDeviceNotAvailableWithMultipleForegroundApps = 4  // value: AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableWithMultipleForegroundApps 4
        case videoDeviceNotAvailableDueToSystemPressure = 5  // value: AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableDueToSystemPressure 5
    }
}

open class CALayer: NSObject {  // name: CALayer
    public required override init() {}  // method: CALayer init
}
public struct AVLayerVideoGravity: Hashable, Sendable {  // name: AVLayerVideoGravity
    let name: String
    public static let resizeAspect = AVLayerVideoGravity(name: "aspect")  // name: AVLayerVideoGravityResizeAspect
    public static let resizeAspectFill = AVLayerVideoGravity(name: "fill")  // name: AVLayerVideoGravityResizeAspectFill
}
public final class AVCaptureVideoPreviewLayer: CALayer {  // name: AVCaptureVideoPreviewLayer
    public var session: AVCaptureSession?  // method: AVCaptureVideoPreviewLayer setSession:
    public var videoGravity = AVLayerVideoGravity.resizeAspect  // method: AVCaptureVideoPreviewLayer setVideoGravity:
    public let connection: AVCaptureConnection? = AVCaptureConnection()  // method: AVCaptureVideoPreviewLayer connection
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
        post(.AVCaptureSessionWasInterrupted, [AVCaptureSessionInterruptionReasonKey: reason.rawValue])
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
