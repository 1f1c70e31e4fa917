import Core
import Foundation
import Support
import Testing

private let file = Json.golden("preprocess.json")

struct PreprocessTests {
    @Test(arguments: file["cases"].list)
    func everyGoldenFrameIsPreprocessedToTheBit(_ golden: Json) throws {
        let preprocessor = Preprocessor(inputSpec(file["specs"][golden["spec"].text]))
        let (bytes, rowStride) = try input(golden)
        let output = bytes.withUnsafeBytes { bytes in
            let frame = Frame(
                bytes: bytes, width: golden["width"].int, height: golden["height"].int,
                rowStride: rowStride, rotation: golden["rotation"].int)
            return preprocessor.preprocess(frame) { rgb($0, .rgba) }
        }
        #expect(sha256(output) == golden["uint8_sha256"].text)
    }

    @Test func aFrameWithBlueFirstGivesTheSamePixelsWithBlueFirst() {
        let spec = InputSpec(height: 28, width: 28, resize: 32, interpolation: .bicubic)
        let rgba = noise(4 * 64 * 48, 3)
        var bgra = rgba
        for at in stride(from: 0, to: bgra.count, by: 4) { bgra.swapAt(at, at + 2) }
        let outputs = [(rgba, ChannelOrder.rgba), (bgra, .bgra)].map { bytes, order in
            bytes.withUnsafeBytes {
                let frame = Frame(bytes: $0, width: 64, height: 48, rowStride: 256, order: order)
                return Preprocessor(spec).preprocess(frame) { rgb($0, order) }
            }
        }
        #expect(outputs[0] == outputs[1])
    }

    @Test func theSameBufferIsFilledForEveryFrameThatIsAlike() {
        let spec = InputSpec(height: 28, width: 28, resize: 28, interpolation: .bilinear)
        let preprocessor = Preprocessor(spec)
        let addresses = (0..<3).map { seed in
            noise(4 * 64 * 48, seed).withUnsafeBytes {
                let frame = Frame(bytes: $0, width: 64, height: 48, rowStride: 256)
                return preprocessor.preprocess(frame) { $0.baseAddress }
            }
        }
        #expect(Set(addresses).count == 1)
    }

    @Test func aFrameOfAnotherShapeIsFittedAnew() {
        let spec = InputSpec(height: 28, width: 28, resize: 28, interpolation: .bilinear)
        let kept = Preprocessor(spec)
        for (width, height, rotation) in [(64, 48, 0), (48, 64, 0), (64, 48, 90), (64, 48, 180)] {
            let bytes = noise(4 * width * height, 5)
            let outputs = [kept, Preprocessor(spec)].map { preprocessor in
                bytes.withUnsafeBytes {
                    let frame = Frame(
                        bytes: $0, width: width, height: height, rowStride: 4 * width,
                        rotation: rotation)
                    return preprocessor.preprocess(frame) { rgb($0, .rgba) }
                }
            }
            #expect(outputs[0] == outputs[1], "\(width) x \(height), \(rotation)")
        }
    }
}

private func input(_ golden: Json) throws -> (bytes: [UInt8], rowStride: Int) {
    let source = golden["source"]
    let (width, height) = (golden["width"].int, golden["height"].int)
    let rowStride = golden["row_stride"].int
    if source.has("seed") {
        return (noise((height - 1) * rowStride + 4 * width, source["seed"].int), rowStride)
    }
    let folder = iosApp.deletingLastPathComponent().appending(path: "tests/golden")
    let ppm = try [UInt8](Data(contentsOf: folder.appending(path: source["picture"].text)))
    let rgb = ppm.suffix(3 * width * height)
    return (Array(rgb).chunked(by: 3).flatMap { $0 + [255] }, rowStride)
}

extension Array {
    fileprivate func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<$0 + size]) }
    }
}
