import Foundation

// What this app uses of Apple's CoreVideo. The comment behind a declaration is the name that Apple's
// headers have for it: tests/ios holds it against them.

public typealias OSType = UInt32  // swift: a type of C
public typealias CVReturn = Int32  // name: CVReturn
public typealias CFAllocator = NSObject  // swift: of CoreFoundation
public typealias CFString = String  // swift: of CoreFoundation, bridged
public typealias CFData = Data  // swift: of CoreFoundation, bridged
public typealias CFDictionary = NSDictionary  // swift: of CoreFoundation, bridged

public let kCVReturnSuccess: CVReturn = 0  // value: kCVReturnSuccess 0
public let kCVPixelFormatType_32BGRA: OSType = 0x4247_5241  // value: kCVPixelFormatType_32BGRA 0x42475241
public let kCVPixelBufferPixelFormatTypeKey = "PixelFormatType"  // name: kCVPixelBufferPixelFormatTypeKey
public let kCVPixelBufferIOSurfacePropertiesKey = "IOSurfaceProperties"  // name: kCVPixelBufferIOSurfacePropertiesKey

public struct CVPixelBufferLockFlags: OptionSet, Sendable {  // name: CVPixelBufferLockFlags
    public let rawValue: UInt64  // swift: of every option set
    public init(rawValue: UInt64) { self.rawValue = rawValue }  // swift: of every option set
    public static let readOnly = CVPixelBufferLockFlags(rawValue: 1)  // value: CVPixelBufferLockFlags.ReadOnly 1
}

public final class CVBuffer {  // name: CVBuffer
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
            base.storeBytes(of: UInt8(truncatingIfNeeded: at &* 167), toByteOffset: at, as: UInt8.self)
        }
    }

    deinit { base.deallocate() }
}
public typealias CVPixelBuffer = CVBuffer  // name: CVPixelBuffer
public typealias CVImageBuffer = CVBuffer  // name: CVImageBuffer

public func CVPixelBufferCreate(  // name: CVPixelBufferCreate
    _ allocator: CFAllocator?, _ width: Int, _ height: Int, _ pixelFormatType: OSType,
    _ pixelBufferAttributes: CFDictionary?, _ pixelBufferOut: UnsafeMutablePointer<CVPixelBuffer?>
) -> CVReturn {
    guard width > 0, height > 0 else { return -6660 }
    pixelBufferOut.pointee = CVBuffer(width: width, height: height, format: pixelFormatType)
    return kCVReturnSuccess
}

@discardableResult
public func CVPixelBufferLockBaseAddress(  // name: CVPixelBufferLockBaseAddress
    _ pixelBuffer: CVPixelBuffer, _ lockFlags: CVPixelBufferLockFlags
) -> CVReturn {
    pixelBuffer.locks += 1
    return kCVReturnSuccess
}

@discardableResult
public func CVPixelBufferUnlockBaseAddress(  // name: CVPixelBufferUnlockBaseAddress
    _ pixelBuffer: CVPixelBuffer, _ unlockFlags: CVPixelBufferLockFlags
) -> CVReturn {
    precondition(pixelBuffer.locks > 0, "it is not locked")
    pixelBuffer.locks -= 1
    return kCVReturnSuccess
}

public func CVPixelBufferGetBaseAddress(_ pixelBuffer: CVPixelBuffer) -> UnsafeMutableRawPointer? {  // name: CVPixelBufferGetBaseAddress
    pixelBuffer.locks > 0 ? pixelBuffer.base : nil
}
public func CVPixelBufferGetBytesPerRow(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.bytesPerRow }  // name: CVPixelBufferGetBytesPerRow
public func CVPixelBufferGetWidth(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.width }  // name: CVPixelBufferGetWidth
public func CVPixelBufferGetHeight(_ pixelBuffer: CVPixelBuffer) -> Int { pixelBuffer.height }  // name: CVPixelBufferGetHeight
public func CVPixelBufferGetPixelFormatType(_ pixelBuffer: CVPixelBuffer) -> OSType { pixelBuffer.format }  // name: CVPixelBufferGetPixelFormatType
