/// A picture as a camera or a file gives it; it does not own its bytes.
public struct Frame {
    /// Four bytes a pixel; a row may be followed by bytes that belong to no pixel.
    public let bytes: UnsafeRawBufferPointer
    public let width, height, rowStride: Int
    /// Degrees by which it has to be turned clockwise to stand upright: 0, 90, 180, 270.
    public let rotation: Int
    public let order: ChannelOrder

    public init(
        bytes: UnsafeRawBufferPointer, width: Int, height: Int, rowStride: Int, rotation: Int = 0,
        order: ChannelOrder = .rgba
    ) {
        precondition([0, 90, 180, 270].contains(rotation), "rotation is \(rotation)")
        precondition(width > 0 && height > 0, "a frame of \(width) x \(height) pixels")
        precondition(bytes.count >= rowStride * (height - 1) + 4 * width, "too few bytes")
        (self.bytes, self.width, self.height) = (bytes, width, height)
        (self.rowStride, self.rotation, self.order) = (rowStride, rotation, order)
    }
}

/// Files are read as RGBA; Apple's cameras and networks have blue first.
public enum ChannelOrder: Sendable { case rgba, bgra }

/// From a camera's bytes to what the network eats, bit for bit as Python's `preprocess`.
///
/// Tables and buffers are made once for frames that are alike: no allocation per frame.
public final class Preprocessor {
    private let spec: InputSpec
    private var plan: Plan?

    public init(_ spec: InputSpec) { self.spec = spec }

    /// Turn, resize and crop to (height, width, 4) bytes in the frame's order, the fourth 255, which
    /// are there for as long as `use` looks at them.
    public func preprocess<Result>(
        _ frame: Frame, _ use: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        if plan?.fits(frame) != true { plan = Plan(frame, spec) }
        let plan = plan!
        plan.resizeRows(frame.bytes)
        plan.resizeColumns()
        return try withExtendedLifetime(plan) { try use(UnsafeBufferPointer(plan.output)) }
    }
}

/// All that depends on a frame's geometry and not on its pixels.
private final class Plan {
    private let width, height, rowStride, rotation: Int
    private let columns, rows: Axis
    // Where the pixel in the corner is, and how far its neighbours are, once it stands upright.
    private let origin, stepX, stepY: Int
    // Rows of the frame that the output needs, at the output's width.
    private let firstRow, outputWidth: Int
    private let narrowed: UnsafeMutableBufferPointer<UInt8>
    let output: UnsafeMutableBufferPointer<UInt8>

    init(_ frame: Frame, _ spec: InputSpec) {
        (width, height) = (frame.width, frame.height)
        (rowStride, rotation) = (frame.rowStride, frame.rotation)
        let isTurned = frame.rotation % 180 != 0
        let (across, down) = isTurned ? (height, width) : (width, height)
        let fit = max(Double(spec.height) / Double(down), Double(spec.width) / Double(across))
        let scale = Double(spec.resize) / Double(min(spec.height, spec.width)) * fit
        columns = keptAxis(of: across, spec.width, scale, spec.interpolation)
        rows = keptAxis(of: down, spec.height, scale, spec.interpolation)
        firstRow = rows.starts.min()!
        outputWidth = spec.width
        let count = rows.starts.max()! + rows.taps - firstRow
        narrowed = .allocate(capacity: count * spec.width * 4)
        output = .allocate(capacity: spec.height * spec.width * 4)
        let right = 4 * (width - 1)
        let bottom = rowStride * (height - 1)
        (origin, stepX, stepY) =
            switch rotation {
            case 90: (bottom, -rowStride, 4)
            case 180: (bottom + right, -4, -rowStride)
            case 270: (right, rowStride, -4)
            default: (0, 4, rowStride)
            }
    }

    deinit {
        narrowed.deallocate()
        output.deallocate()
    }

    func fits(_ frame: Frame) -> Bool {
        frame.width == width && frame.height == height && frame.rowStride == rowStride
            && frame.rotation == rotation
    }

    func resizeRows(_ bytes: UnsafeRawBufferPointer) {
        var row = bytes.baseAddress! + (origin + firstRow * stepY)
        var out = UnsafeMutableRawPointer(narrowed.baseAddress!)
        let end = out + narrowed.count
        columns.starts.withUnsafeBufferPointer { starts in
            columns.weights.withUnsafeBufferPointer { weights in
                while out < end {
                    var weight = weights.baseAddress!
                    for start in starts {
                        let first = row + start * stepX
                        out.storeBytes(of: sum(first, stepX, &weight), as: SIMD4<UInt8>.self)
                        out += 4
                    }
                    row += stepY
                }
            }
        }
    }

    /// One pixel from its neighbours in a row; `weight` goes on to the next pixel's.
    @inline(__always)
    private func sum(
        _ first: UnsafeRawPointer, _ step: Int, _ weight: inout UnsafePointer<Int32>
    ) -> SIMD4<UInt8> {
        var sum = half
        var at = first
        for _ in 0..<columns.taps {
            sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel(at)) &* weight.pointee
            weight += 1
            at += step
        }
        return rounded(sum)
    }

    func resizeColumns() {
        let rowBytes = 4 * outputWidth
        let (taps, narrowed) = (rows.taps, UnsafeRawPointer(narrowed.baseAddress!))
        var out = UnsafeMutableRawPointer(output.baseAddress!)
        rows.weights.withUnsafeBufferPointer { weights in
            for (y, start) in rows.starts.enumerated() {
                let first = narrowed + (start - firstRow) * rowBytes
                let weight = weights.baseAddress! + y * taps
                for x in stride(from: 0, to: rowBytes, by: 4) {
                    var sum = half
                    var at = first + x
                    for t in 0..<taps {
                        sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel(at)) &* weight[t]
                        at += rowBytes
                    }
                    var result = rounded(sum)
                    result.w = 255
                    out.storeBytes(of: result, as: SIMD4<UInt8>.self)
                    out += 4
                }
            }
        }
    }
}

/// Only what the crop keeps is ever computed.
private func keptAxis(
    of from: Int, _ kept: Int, _ scale: Double, _ filter: Interpolation
) -> Axis {
    let to = max(Int(Double(from) * scale + 1e-6), kept)
    let first = Int((Double(to - kept) / 2).rounded(.toNearestOrEven))
    return axis(from: from, to: to, part: first..<first + kept, filter: filter)
}

private let half = SIMD4<Int32>(repeating: 1 << (Int32(weightBits) - 1))

@inline(__always)
private func pixel(_ at: UnsafeRawPointer) -> SIMD4<UInt8> {
    at.loadUnaligned(as: SIMD4<UInt8>.self)
}

@inline(__always)
private func rounded(_ sum: SIMD4<Int32>) -> SIMD4<UInt8> {
    let shifted = sum &>> Int32(weightBits)
    let bytes = shifted.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
    return SIMD4<UInt8>(truncatingIfNeeded: bytes)
}
