import Core
import Foundation

// How long preprocessing takes on this machine: a camera's frame of 1280 x 720 to the 224 x 224 of
// the ImageNet networks, in milliseconds. With "--at-most MS" it fails if the median is larger.

let calls = 200
let (width, height) = (1280, 720)
var state: UInt32 = 7
let noise = (0..<4 * width * height).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(state >> 24)
}
let spec = InputSpec(height: 224, width: 224, resize: 256, interpolation: .bicubic)
var slowest = 0.0
print("rotation      min   median      p90")
for rotation in [0, 90, 180, 270] {
    let preprocessor = Preprocessor(spec)
    let times = noise.withUnsafeBytes { bytes in
        let frame = Frame(
            bytes: bytes, width: width, height: height, rowStride: 4 * width, rotation: rotation,
            order: .bgra)
        return (0..<calls).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            preprocessor.preprocess(frame) { _ in }
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
        }
    }
    let sorted = times.sorted()
    let figures = [sorted[0], median(times), percentile(sorted, 90)]
    let texts = figures.map { String(format: "%6.2f ms", $0) }
    print(String(format: "%8d", rotation), texts.joined(separator: " "))
    slowest = max(slowest, figures[1])
}
if CommandLine.arguments.dropFirst().first == "--at-most",
    let limit = CommandLine.arguments.dropFirst(2).first.flatMap(Double.init), slowest > limit
{
    print("a median of \(slowest) ms: at most \(limit) ms was expected")
    exit(1)
}
