import Foundation

// What this app uses of Apple's CoreVideo. The comment above a declaration is the name that Apple's
// headers have for it: tests/ios holds it against them.

// swift: a type of C
public typealias OSType = UInt32
// name: CVReturn
public typealias CVReturn = Int32
// swift: of CoreFoundation
public typealias CFAllocator = NSObject
// swift: of CoreFoundation, bridged
public typealias CFString = String
// swift: of CoreFoundation, bridged
public typealias CFData = Data
// swift: of CoreFoundation, bridged
public typealias CFDictionary = NSDictionary

// value: kCVReturnSuccess 0
public let kCVReturnSuccess: CVReturn = 0
// value: kCVPixelFormatType_32BGRA 0x42475241
public let kCVPixelFormatType_32BGRA: OSType = 0x4247_5241
// name: kCVPixelBufferPixelFormatTypeKey
public let kCVPixelBufferPixelFormatTypeKey = "PixelFormatType"
// name: kCVPixelBufferIOSurfacePropertiesKey
public let kCVPixelBufferIOSurfacePropertiesKey = "IOSurfaceProperties"

// name: CVPixelBufferLockFlags
public struct CVPixelBufferLockFlags: OptionSet, Sendable {
    // swift: of every option set
    public let rawValue: UInt64
    // swift: of every option set
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    // value: CVPixelBufferLockFlags.ReadOnly 1
    public static let readOnly = CVPixelBufferLockFlags(rawValue: 1)
}

// name: CVBuffer
public final class CVBuffer {
    package let width, height, bytesPerRow: Int
    package let format: OSType
    package let base: UnsafeMutableRawPointer
    /// How often it is locked: its address counts only while it is.
    package var locks = 0

    package init(width: Int, height: Int, format: OSType) {
        (self.width, self.height, self.format) = (width, height, format)
        bytesPerRow = (4 * width + 63) / 64 * 64 + 64  // Rows are always padded here.
        base = .allocate(byteCount: bytesPerRow * height, alignment: 64)
        // What lies between rows is noise, and so is what nobody has written yet.
        for at in 0..<bytesPerRow * height {
            base.storeBytes(
                of: UInt8(truncatingIfNeeded: at &* 167), toByteOffset: at, as: UInt8.self)
        }
    }

    deinit { base.deallocate() }
}
// name: CVPixelBuffer
public typealias CVPixelBuffer = CVBuffer
// name: CVImageBuffer
public typealias CVImageBuffer = CVBuffer

// name: CVPixelBufferCreate
public func CVPixelBufferCreate(
    _ allocator: CFAllocator?, _ width: Int, _ height: Int, _ pixelFormatType: OSType,
    _ pixelBufferAttributes: CFDictionary?, _ pixelBufferOut: UnsafeMutablePointer<CVPixelBuffer?>
) -> CVReturn {
    guard width > 0, height > 0 else { return -6660 }
    pixelBufferOut.pointee = CVBuffer(width: width, height: height, format: pixelFormatType)
    return kCVReturnSuccess
}

@discardableResult
// name: CVPixelBufferLockBaseAddress
public func CVPixelBufferLockBaseAddress(
    _ pixelBuffer: CVPixelBuffer, _ lockFlags: CVPixelBufferLockFlags
) -> CVReturn {
    pixelBuffer.locks += 1
    return kCVReturnSuccess
}

@discardableResult
// name: CVPixelBufferUnlockBaseAddress
public func CVPixelBufferUnlockBaseAddress(
    _ pixelBuffer: CVPixelBuffer, _ unlockFlags: CVPixelBufferLockFlags
) -> CVReturn {
    precondition(pixelBuffer.locks > 0, "it is not locked")
    pixelBuffer.locks -= 1
    return kCVReturnSuccess
}

// name: CVPixelBufferGetBaseAddress
public func CVPixelBufferGetBaseAddress(_ pixelBuffer: CVPixelBuffer) -> UnsafeMutableRawPointer? {
    pixelBuffer.locks > 0 ? pixelBuffer.base : nil
}
// name: CVPixelBufferGetBytesPerRow
public func CVPixelBufferGetBytesPerRow(_ pixelBuffer: CVPixelBuffer) -> Int {
    pixelBuffer.bytesPerRow
}
// name: CVPixelBufferGetWidth
public func CVPixelBufferGetWidth(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.width }
// name: CVPixelBufferGetHeight
public func CVPixelBufferGetHeight(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.height }
// name: CVPixelBufferGetPixelFormatType
public func CVPixelBufferGetPixelFormatType(_ pixelBuffer: CVPixelBuffer) -> OSType {
    pixelBuffer.format
}
