import Core
import CoreML
import CoreVideo
import Foundation

/// What a model eats: a picture, or numbers. Made once: Core ML reads it anew at every call.
enum ModelInput {
    case picture(CVPixelBuffer)
    case numbers(MLMultiArray)

    init(_ description: MLFeatureDescription) throws {
        if let image = description.imageConstraint {
            self = .picture(try pixelBuffer(width: image.pixelsWide, height: image.pixelsHigh))
        } else if let array = description.multiArrayConstraint {
            self = .numbers(try MLMultiArray(shape: array.shape, dataType: .float32))
        } else {
            throw RuntimeFailure(
                "its input is neither a picture nor numbers: export it by irrvit-export")
        }
    }

    var value: MLFeatureValue {
        switch self {
        case .picture(let buffer): MLFeatureValue(pixelBuffer: buffer)
        case .numbers(let array): MLFeatureValue(multiArray: array)
        }
    }

    var pictureSize: (height: Int, width: Int)? {
        guard case .picture(let buffer) = self else { return nil }
        return (CVPixelBufferGetHeight(buffer), CVPixelBufferGetWidth(buffer))
    }

    func set(_ values: [Float]) throws {
        switch self {
        case .picture(let buffer): try fill(buffer, with: values)
        case .numbers(let array):
            guard array.count == values.count else {
                throw RuntimeFailure("got \(values.count) values, expected \(array.count)")
            }
            array.withUnsafeMutableBufferPointer(ofType: Float.self) { out, _ in
                for (i, value) in values.enumerated() { out[i] = value }
            }
        }
    }

    func set(_ pixels: UnsafeBufferPointer<UInt8>, order: ChannelOrder) throws {
        guard case .picture(let buffer) = self else {
            throw RuntimeFailure("this network takes no picture")
        }
        let (red, blue) = order == .rgba ? (0, 2) : (2, 0)
        try write(buffer, count: pixels.count, channels: 4) { at, pixel in
            pixel.storeBytes(of: pixels[at + blue], toByteOffset: 0, as: UInt8.self)
            pixel.storeBytes(of: pixels[at + 1], toByteOffset: 1, as: UInt8.self)
            pixel.storeBytes(of: pixels[at + red], toByteOffset: 2, as: UInt8.self)
            pixel.storeBytes(of: 255, toByteOffset: 3, as: UInt8.self)
        }
    }
}

/// Red, green and blue of each pixel as numbers 0..255; blue comes first in the buffer.
private func fill(_ buffer: CVPixelBuffer, with values: [Float]) throws {
    guard values.allSatisfy({ 0 <= $0 && $0 <= 255 }) else {
        throw RuntimeFailure("a pixel is no number from 0 to 255")
    }
    try write(buffer, count: values.count, channels: 3) { at, pixel in
        for c in 0..<3 {
            let byte = UInt8(values[at + 2 - c].rounded(.toNearestOrEven))
            pixel.storeBytes(of: byte, toByteOffset: c, as: UInt8.self)
        }
        pixel.storeBytes(of: 255, toByteOffset: 3, as: UInt8.self)
    }
}

/// `pixel` gets the place of a pixel in what is given, and where it goes.
@inline(__always)
private func write(
    _ buffer: CVPixelBuffer, count: Int, channels: Int,
    pixel: (Int, UnsafeMutableRawPointer) -> Void
) throws {
    let (width, height) = (CVPixelBufferGetWidth(buffer), CVPixelBufferGetHeight(buffer))
    guard count == width * height * channels else {
        throw RuntimeFailure(
            "the picture has \(count) values, expected \(width * height * channels)")
    }
    CVPixelBufferLockBaseAddress(buffer, [])
    defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
    guard let base = CVPixelBufferGetBaseAddress(buffer) else {
        throw RuntimeFailure("the picture's memory cannot be reached")
    }
    let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
    for y in 0..<height {
        for x in 0..<width {
            pixel((y * width + x) * channels, base + (y * rowBytes + 4 * x))
        }
    }
}

private func pixelBuffer(width: Int, height: Int) throws -> CVPixelBuffer {
    var buffer: CVPixelBuffer?
    // Memory that the GPU and the Neural Engine can read, too.
    let attributes = [kCVPixelBufferIOSurfacePropertiesKey: [String: String]()] as CFDictionary
    let status = CVPixelBufferCreate(
        nil, width, height, kCVPixelFormatType_32BGRA, attributes, &buffer)
    guard status == kCVReturnSuccess, let buffer else {
        throw RuntimeFailure(
            "there is no memory for a picture of \(width) x \(height) (error \(status))")
    }
    return buffer
}
