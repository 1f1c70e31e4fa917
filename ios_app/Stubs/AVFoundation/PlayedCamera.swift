import CoreVideo
import Foundation

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
