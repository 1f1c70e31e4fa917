import Foundation

/// Milliseconds of single calls; `lowMs` to `highMs` is the 95 % interval of the median.
public struct LatencySummary: Equatable, Sendable {
    public let n: Int
    public let minMs, p50Ms, p90Ms, p99Ms, meanMs, stdevMs, lowMs, highMs: Double
}

private let draws = 400

/// Percentiles of all calls; `repeats` has the latencies of each repeat in their order.
public func summarize(_ repeats: [[Double]]) -> LatencySummary {
    let values = repeats.flatMap { $0 }
    precondition(!values.isEmpty, "no call was timed: nothing to summarize")
    let sorted = values.sorted()
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let (low, high) = medianInterval(values)
    return LatencySummary(
        n: values.count,
        minMs: sorted[0],
        p50Ms: percentile(sorted, 50),
        p90Ms: percentile(sorted, 90),
        p99Ms: percentile(sorted, 99),
        meanMs: mean,
        stdevMs: values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0,
        lowMs: low,
        highMs: high
    )
}

/// Of sorted values, between two of them on the straight line that joins them.
public func percentile(_ sorted: [Double], _ percent: Double) -> Double {
    let place = percent / 100 * Double(sorted.count - 1)
    let below = Int(place)
    let (lower, upper) = (sorted[below], sorted[min(below + 1, sorted.count - 1)])
    return lower + (upper - lower) * (place - Double(below))
}

/// A bootstrap of stretches of neighbouring calls: neighbours are alike.
private func medianInterval(_ values: [Double]) -> (Double, Double) {
    let length = stretch(values)
    var state: UInt32 = 0  // Of numbers that are the same in every run, and in every app.
    let medians = (0..<draws).map { _ in
        var drawn: [Double] = []
        while drawn.count < values.count {
            state = state &* 1_664_525 &+ 1_013_904_223
            let start = Int((UInt64(state) * UInt64(values.count - length + 1)) >> 32)
            drawn += values[start..<start + min(length, values.count - drawn.count)]
        }
        return percentile(drawn.sorted(), 50)
    }.sorted()
    return (percentile(medians, 2.5), percentile(medians, 97.5))
}

/// How many neighbours are drawn together: several times as far as they resemble each other.
package func stretch(_ values: [Double]) -> Int {
    let ranks = centredRanks(values)
    let spread = product(ranks, 0)
    var alike = 1.0
    for lag in stride(from: 1, to: values.count / 4, by: 1) {
        let correlation = product(ranks, lag) / spread
        if correlation < 0.05 { break }
        alike += 2 * correlation
    }
    let length = max(cbrt(Double(values.count)), 4 * alike)
    return Int(min(length, max(1, Double(values.count / 8))))
}

/// Ranks, so that one call of a second does not hide how alike the others are.
private func centredRanks(_ values: [Double]) -> [Double] {
    var ranks = [Double](repeating: 0, count: values.count)
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for (rank, index) in order.enumerated() {
        ranks[index] = Double(rank) - Double(values.count - 1) / 2
    }
    return ranks
}

private func product(_ values: [Double], _ lag: Int) -> Double {
    (lag..<values.count).reduce(0) { $0 + values[$1] * values[$1 - lag] }
}
