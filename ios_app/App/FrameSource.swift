import AVFoundation
import Core
import Runtime

/// What happens to the camera besides frames.
enum CameraEvent: Equatable, Sendable {
    case failed(String)
    /// Another app has it, or the system needs it: it comes back by itself.
    case interrupted(String)
    case cameBack
}

/// The camera: its pictures as frames, one at a time, late ones dropped. All of it runs on a queue
/// of its own, except for what turns the preview.
final class FrameSource: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate,
    @unchecked Sendable
{
    let session = AVCaptureSession()
    private let queue = DispatchQueue(label: "camera", qos: .userInitiated)
    private let onFrame: @Sendable (Frame) -> Void
    private let onEvent: @Sendable (CameraEvent) -> Void
    private let angle = Locked<Int?>(nil)  // Until it is known, frames would lie on their side.
    private let observers = Observers()
    private var isWanted = false  // On the queue.
    // On the main thread.
    private weak var preview: AVCaptureVideoPreviewLayer?
    private var device: AVCaptureDevice?
    private var coordinator: AVCaptureDevice.RotationCoordinator?
    private var observations: [NSKeyValueObservation] = []

    init(
        onFrame: @escaping @Sendable (Frame) -> Void,
        onEvent: @escaping @Sendable (CameraEvent) -> Void
    ) {
        (self.onFrame, self.onEvent) = (onFrame, onEvent)
        super.init()
        observers.on(.AVCaptureSessionWasInterrupted, of: session) { [weak self] said in
            let reason = said.userInfo?[AVCaptureSessionInterruptionReasonKey] as? Int
            self?.onEvent(.interrupted(why(reason)))
        }
        observers.on(.AVCaptureSessionInterruptionEnded, of: session) { [weak self] _ in
            self?.goOn()
        }
        observers.on(.AVCaptureSessionRuntimeError, of: session) { [weak self] _ in
            self?.onEvent(.failed("The camera failed"))
        }
    }

    func start(_ position: AVCaptureDevice.Position) {
        queue.async { [self] in
            do {
                try configure(position)
                isWanted = true
                session.startRunning()  // It blocks: not on the main thread.
            } catch {
                onEvent(.failed(failureText(error)))
            }
        }
    }

    func stop() {
        queue.async { [self] in
            isWanted = false
            session.stopRunning()
        }
    }

    /// The layer that shows the camera, which is to be turned with the phone, too.
    @MainActor func show(in layer: AVCaptureVideoPreviewLayer) {
        layer.session = session
        layer.videoGravity = .resizeAspectFill
        preview = layer
        follow()
    }

    /// A session that was not stopped goes on by itself; one that failed meanwhile does not.
    private func goOn() {
        queue.async { [self] in
            guard isWanted else { return }
            if !session.isRunning { session.startRunning() }
            onEvent(.cameBack)
        }
    }

    private func configure(_ position: AVCaptureDevice.Position) throws {
        let found = AVCaptureDevice.default(
            .builtInWideAngleCamera, for: .video, position: position)
        guard let found else {
            throw RuntimeFailure("This phone has no such camera: pick a picture")
        }
        session.beginConfiguration()
        defer { session.commitConfiguration() }
        session.inputs.forEach(session.removeInput)
        if session.canSetSessionPreset(.hd1280x720) { session.sessionPreset = .hd1280x720 }
        let input: AVCaptureDeviceInput
        do {
            input = try AVCaptureDeviceInput(device: found)
        } catch {
            throw RuntimeFailure("The camera cannot be opened: \(failureText(error))")
        }
        guard session.canAddInput(input) else { throw RuntimeFailure("The camera cannot be used") }
        session.addInput(input)
        if session.outputs.isEmpty { try addOutput() }
        let camera = Camera(device: found)
        DispatchQueue.main.async { [self] in
            device = camera.device
            MainActor.assumeIsolated { follow() }
        }
    }

    /// A camera that goes from the queue to the main thread.
    private struct Camera: @unchecked Sendable { let device: AVCaptureDevice }

    private func addOutput() throws {
        let output = AVCaptureVideoDataOutput()
        output.videoSettings = [
            kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA
        ]
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: queue)
        guard session.canAddOutput(output) else {
            throw RuntimeFailure("The camera gives no pictures")
        }
        session.addOutput(output)
    }

    /// Frames come as the sensor lies; how far they have to be turned is told, and changes.
    @MainActor private func follow() {
        guard let device else { return }
        let coordinator = AVCaptureDevice.RotationCoordinator(device: device, previewLayer: preview)
        self.coordinator = coordinator
        observations = [
            coordinator.observe(
                \.videoRotationAngleForHorizonLevelCapture, options: [.initial, .new]
            ) { [angle] coordinator, _ in
                angle.set(quarterTurn(coordinator.videoRotationAngleForHorizonLevelCapture))
            },
            coordinator.observe(
                \.videoRotationAngleForHorizonLevelPreview, options: [.initial, .new]
            ) { [weak self] coordinator, _ in
                let angle = coordinator.videoRotationAngleForHorizonLevelPreview
                guard let connection = self?.preview?.connection,
                    connection.isVideoRotationAngleSupported(angle)
                else { return }
                connection.videoRotationAngle = angle
            },
        ]
    }

    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer,
        from connection: AVCaptureConnection
    ) {
        guard isWanted, let rotation = angle.value,
            let buffer = CMSampleBufferGetImageBuffer(sampleBuffer)
        else { return }
        CVPixelBufferLockBaseAddress(buffer, .readOnly)
        defer { CVPixelBufferUnlockBaseAddress(buffer, .readOnly) }
        guard let base = CVPixelBufferGetBaseAddress(buffer) else { return }
        let (width, height) = (CVPixelBufferGetWidth(buffer), CVPixelBufferGetHeight(buffer))
        let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
        let bytes = UnsafeRawBufferPointer(start: base, count: height * rowBytes)
        onFrame(
            Frame(
                bytes: bytes, width: width, height: height, rowStride: rowBytes,
                rotation: rotation, order: .bgra))
    }
}

/// The nearest of 0, 90, 180 and 270 degrees.
func quarterTurn(_ angle: CGFloat) -> Int {
    let quarters = Int((angle / 90).rounded())
    return (quarters % 4 + 4) % 4 * 90
}

private func why(_ reason: Int?) -> String {
    switch reason.flatMap(AVCaptureSession.InterruptionReason.init) {
    case .videoDeviceInUseByAnotherClient: "Another app uses the camera"
    case .videoDeviceNotAvailableWithMultipleForegroundApps:
        "The camera rests while several apps share the screen"
    case .videoDeviceNotAvailableDueToSystemPressure: "The phone is too hot for the camera"
    case .videoDeviceNotAvailableInBackground: "The camera rests in the background"
    default: "The camera was taken away"
    }
}
