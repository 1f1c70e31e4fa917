import Core
import Foundation
import ImageIO
import Runtime

/// A picture in memory: RGBA, upright.
struct Picture: Sendable {
    let rgba: [UInt8]
    let width, height: Int

    func look(_ body: (Frame) throws -> Void) rethrows {
        try rgba.withUnsafeBytes { bytes in
            try body(Frame(bytes: bytes, width: width, height: height, rowStride: 4 * width))
        }
    }
}

/// Pictures of files, as the network's preprocessing takes them.
struct Pictures: Sendable {
    /// More pixels along the longer side than any network here sees.
    private static let mostPixels = 2048
    let folder: URL

    /// A golden picture. They lie there without loss, as binary PPM, so that no decoder has a say.
    func golden(_ name: String, _ look: (Frame) throws -> Void) throws {
        let file = folder.appending(path: name).deletingPathExtension().appendingPathExtension(
            "ppm")
        guard let content = try? Data(contentsOf: file) else {
            throw RuntimeFailure("\(file.lastPathComponent) is missing: build the app again")
        }
        guard let picture = Picture(ppm: content) else {
            throw RuntimeFailure("\(file.lastPathComponent) is damaged: build the app again")
        }
        try picture.look(look)
    }

    /// A picture that a person has picked, upright whatever its EXIF says. Blocks for a moment.
    static func picked(_ content: Data) throws -> Picture {
        let options =
            [
                kCGImageSourceCreateThumbnailFromImageAlways: true,
                kCGImageSourceCreateThumbnailWithTransform: true,
                kCGImageSourceThumbnailMaxPixelSize: mostPixels,
            ] as CFDictionary
        guard let source = CGImageSourceCreateWithData(content as CFData, nil),
            let image = CGImageSourceCreateThumbnailAtIndex(source, 0, options),
            let picture = Picture(image)
        else {
            throw RuntimeFailure(
                "This is no picture that the phone can read: try a JPEG, HEIC or PNG")
        }
        return picture
    }
}

extension Picture {
    /// - Parameter ppm: "P6", width and height, 255, each in a line of its own, and RGB bytes.
    init?(ppm: Data) {
        let lines = ppm.prefix(64).split(separator: 10, maxSplits: 3)
        guard lines.count == 4, lines[0].elementsEqual("P6".utf8),
            lines[2].elementsEqual("255".utf8)
        else { return nil }
        let size = String(decoding: lines[1], as: UTF8.self).split(separator: " ")
        let numbers = size.compactMap { Int($0) }
        let rgb = ppm[lines[3].startIndex...]
        guard numbers.count == 2, numbers.allSatisfy({ 1...16384 ~= $0 }),
            rgb.count == 3 * numbers[0] * numbers[1]
        else { return nil }
        var rgba = [UInt8](repeating: 255, count: 4 * numbers[0] * numbers[1])
        for (i, byte) in rgb.enumerated() { rgba[i / 3 * 4 + i % 3] = byte }
        self.init(rgba: rgba, width: numbers[0], height: numbers[1])
    }

    /// Colours as in sRGB, whatever the file's are.
    fileprivate init?(_ image: CGImage) {
        let (width, height) = (image.width, image.height)
        var rgba = [UInt8](repeating: 255, count: 4 * width * height)
        let isDrawn = rgba.withUnsafeMutableBytes { bytes in
            guard let space = CGColorSpace(name: CGColorSpace.sRGB),
                let context = CGContext(
                    data: bytes.baseAddress, width: width, height: height, bitsPerComponent: 8,
                    bytesPerRow: 4 * width, space: space,
                    bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
            else { return false }
            context.draw(image, in: CGRect(x: 0, y: 0, width: width, height: height))
            return true
        }
        guard isDrawn else { return nil }
        self.init(rgba: rgba, width: width, height: height)
    }
}
