import Core
import Foundation
import Support
import Testing

private let file = Json.golden("camera.json")
private let specs = Json.golden("preprocess.json")["specs"]

/// Apple's camera is asked for BGRA, so the app has no code for YUV: here the frames are converted
/// as a camera's driver would, into rows with something between them.
struct CameraFrameTests {
    @Test(arguments: file["cases"].list)
    func everyGoldenCameraFrameIsPreprocessedToTheBit(_ golden: Json) {
        let (width, height) = (golden["width"].int, golden["height"].int)
        let rowStride = 4 * width + 64
        let output = bgra(golden, rowStride).withUnsafeBytes { bytes in
            let frame = Frame(
                bytes: bytes, width: width, height: height, rowStride: rowStride,
                rotation: golden["rotation"].int, order: .bgra)
            let preprocessor = Preprocessor(inputSpec(specs[golden["spec"].text]))
            return preprocessor.preprocess(frame) { rgb($0, .bgra) }
        }
        #expect(sha256(output) == golden["uint8_sha256"].text)
    }
}

private func bgra(_ golden: Json, _ rowStride: Int) -> [UInt8] {
    let (width, height) = (golden["width"].int, golden["height"].int)
    let (half, rows) = ((width + 1) / 2, (height + 1) / 2)
    let (uvRow, uvPixel) = (golden["uv_row_stride"].int, golden["uv_pixel_stride"].int)
    let (yRow, seed) = (golden["y_row_stride"].int, golden["seed"].int)
    let y = noise((height - 1) * yRow + width, seed)
    let colours = (1...2).map { noise((rows - 1) * uvRow + (half - 1) * uvPixel + 1, seed + $0) }
    var pixels = noise(rowStride * height, 1)
    for row in 0..<height {
        for column in 0..<width {
            let brightness = Int(y[row * yRow + column])
            let at = row / 2 * uvRow + column / 2 * uvPixel
            let (u, v) = (Int(colours[0][at]), Int(colours[1][at]))
            let out = row * rowStride + 4 * column
            let green = (fixed(-0.34414, u) + fixed(-0.71414, v)) >> 6
            pixels[out] = byte(brightness + fixed(1.77200, u) >> 6)
            pixels[out + 1] = byte(brightness + green)
            pixels[out + 2] = byte(brightness + fixed(1.40200, v) >> 6)
        }
    }
    return pixels
}

/// As in Pillow's src/libImaging/ConvertYCbCr.c.
private func fixed(_ factor: Double, _ value: Int) -> Int {
    Int(factor * Double(value - 128) * 64 + 0.5)
}

private func byte(_ value: Int) -> UInt8 { UInt8(max(0, min(255, value))) }
