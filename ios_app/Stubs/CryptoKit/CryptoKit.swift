import Foundation

// SHA-256 (FIPS 180-4) under the names that CryptoKit has for it.

/// As in CryptoKit, a digest is a sequence of bytes and no array.
public struct SHA256Digest: Sequence, Sendable {
    let bytes: [UInt8]
    public func makeIterator() -> IndexingIterator<[UInt8]> { bytes.makeIterator() }
}

public struct SHA256 {
    private var state = SHA256.start
    private var pending: [UInt8] = []
    private var count = 0

    public init() {}

    public mutating func update<D: DataProtocol>(data: D) {
        count += data.count
        pending += data
        let whole = pending.count / 64 * 64
        pending.withUnsafeBufferPointer { bytes in
            for at in stride(from: 0, to: whole, by: 64) { block(bytes, at) }
        }
        pending.removeFirst(whole)
    }

    public func finalize() -> SHA256Digest {
        var copy = self
        let bits = UInt64(count) * 8
        let zeros = [UInt8](repeating: 0, count: (119 - count % 64) % 64)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
        copy.update(data: [0x80] + zeros + length)
        return SHA256Digest(
            bytes: copy.state.flatMap { word in
                (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) }
            })
    }

    public static func hash<D: DataProtocol>(data: D) -> SHA256Digest {
        var whole = SHA256()
        whole.update(data: data)
        return whole.finalize()
    }

    private mutating func block(_ bytes: UnsafeBufferPointer<UInt8>, _ first: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
            for i in 0..<16 {
                let at = first + 4 * i
                let high = UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16
                w[i] = high | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
            }
            for i in 16..<64 {
                let (a, b) = (w[i - 15], w[i - 2])
                let left = turn(a, 7) ^ turn(a, 18) ^ (a >> 3)
                let right = turn(b, 17) ^ turn(b, 19) ^ (b >> 10)
                w[i] = w[i - 16] &+ left &+ w[i - 7] &+ right
            }
            rounds(UnsafeBufferPointer(w))
        }
    }

    private mutating func rounds(_ w: UnsafeBufferPointer<UInt32>) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        SHA256.constants.withUnsafeBufferPointer { k in
            for i in 0..<64 {
                let big = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
                let choice = (e & f) ^ (~e & g)
                let first = h &+ big &+ choice &+ k[i] &+ w[i]
                let small = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
                let second = small &+ ((a & b) ^ (a & c) ^ (b & c))
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
            }
        }
        for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] = state[i] &+ value }
    }

    private func turn(_ word: UInt32, _ by: UInt32) -> UInt32 { word >> by | word << (32 - by) }

    private static let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }
    private static let start = primes.prefix(8).map { fraction(Double($0).squareRoot()) }
    private static let constants = primes.map { fraction(cbrt(Double($0))) }
    private static func fraction(_ x: Double) -> UInt32 {
        UInt32((x - x.rounded(.down)) * 4_294_967_296)
    }
}
