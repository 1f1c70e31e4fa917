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
