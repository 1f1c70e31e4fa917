@_exported import CoreVideo
import CoreML
@_exported import Foundation

// What this app uses of ImageIO and, with it, of CoreGraphics. Pictures are decoded by the oracle.
// The comment above a declaration is the name that Apple's headers have for it.

// name: kCGImageSourceCreateThumbnailFromImageAlways
public let kCGImageSourceCreateThumbnailFromImageAlways = "FromImageAlways"
// name: kCGImageSourceCreateThumbnailWithTransform
public let kCGImageSourceCreateThumbnailWithTransform = "WithTransform"
// name: kCGImageSourceThumbnailMaxPixelSize
public let kCGImageSourceThumbnailMaxPixelSize = "MaxPixelSize"

// name: CGImageSource
public final class CGImageSource {
    let content: Data
    init(_ content: Data) { self.content = content }
}
// name: CGImage
public final class CGImage {
    // name: CGImageGetWidth
    public let width: Int
    // name: CGImageGetHeight
    public let height: Int
    let rgba: Data
    init(_ width: Int, _ height: Int, _ rgba: Data) {
        (self.width, self.height, self.rgba) = (width, height, rgba)
    }
}

// name: CGImageSourceCreateWithData
public func CGImageSourceCreateWithData(_ data: CFData, _ options: CFDictionary?) -> CGImageSource?
{
    CGImageSource(data)
}

// name: CGImageSourceCreateThumbnailAtIndex
public func CGImageSourceCreateThumbnailAtIndex(
    _ isrc: CGImageSource, _ index: Int, _ options: CFDictionary?
) -> CGImage? {
    dispatchPrecondition(condition: .notOnQueue(.main))  // A large one takes a while.
    let isAlways = options?[kCGImageSourceCreateThumbnailFromImageAlways] as? Bool == true
    let most = options?[kCGImageSourceThumbnailMaxPixelSize] as? Int ?? .max
    let upright = options?[kCGImageSourceCreateThumbnailWithTransform] as? Bool == true
    let question: [String: Any] = [
        "do": "picture", "content": isrc.content.base64EncodedString(), "upright": upright,
        // The thumbnail that a camera has put into the file is small.
        "most": isAlways ? most : 160,
    ]
    guard let answer = try? Oracle().ask(question), let width = answer["width"] as? Int,
        let height = answer["height"] as? Int, let content = answer["rgba"] as? String,
        let rgba = Data(base64Encoded: content)
    else { return nil }
    return CGImage(width, height, rgba)
}

// name: CGColorSpace
public final class CGColorSpace {
    let name: String
    // name: CGColorSpaceCreateWithName
    public init?(name: CFString) { self.name = name }
    // name: kCGColorSpaceSRGB
    public static let sRGB: CFString = "sRGB"
}
// name: CGImageAlphaInfo
public enum CGImageAlphaInfo: UInt32, Sendable {
    // value: CGImageAlphaInfo.NoneSkipLast 5
    case noneSkipLast = 5
}

// name: CGContext
public final class CGContext {
    private let data: UnsafeMutableRawPointer
    private let width, height, bytesPerRow: Int

    // name: CGBitmapContextCreate
    public init?(
        data: UnsafeMutableRawPointer?, width: Int, height: Int, bitsPerComponent: Int,
        bytesPerRow: Int, space: CGColorSpace, bitmapInfo: UInt32
    ) {
        guard let data, bitsPerComponent == 8, bytesPerRow >= 4 * width, space.name == "sRGB",
            bitmapInfo == CGImageAlphaInfo.noneSkipLast.rawValue
        else { return nil }
        (self.data, self.width, self.height) = (data, width, height)
        self.bytesPerRow = bytesPerRow
    }

    // name: CGContextDrawImage
    public func draw(_ image: CGImage, in rect: CGRect) {
        precondition(rect == CGRect(x: 0, y: 0, width: image.width, height: image.height))
        precondition(image.width == width && image.height == height)
        for y in 0..<height {
            for x in 0..<4 * width {
                let byte = image.rgba[y * 4 * width + x]
                data.storeBytes(of: byte, toByteOffset: y * bytesPerRow + x, as: UInt8.self)
            }
        }
    }
}
