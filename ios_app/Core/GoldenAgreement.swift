/// What a device says about a picture against what PyTorch says, as `irrvit.benchmark.results.golden`.
public struct Agreement: Equatable, Sendable {
    /// Names the class that the reference names, or one that it can hardly tell from it.
    public let topAgrees: Bool
    /// Largest difference of a logit as a share of the largest; not finite if an output is not.
    public let difference: Double
    public let passed: Bool
}

/// Hold the logits of one picture against what the reference said about it.
///
/// - Parameter tolerance: how far a logit may be off, as a share of the largest.
public func agreement(_ logits: [Float], _ golden: GoldenCase, tolerance: Double) -> Agreement {
    let fits = golden.top5.allSatisfy(logits.indices.contains)
    guard fits, logits.allSatisfy(\.isFinite), let first = golden.logits.first,
        let largest = golden.logits.map(abs).max()
    else {
        return Agreement(topAgrees: false, difference: .nan, passed: false)
    }
    let expected = zip(golden.top5, golden.logits)
    let errors = expected.map { index, logit in abs(Double(logits[index]) - logit) }
    let difference = (errors.max() ?? .nan) / largest
    // Within twice the tolerance two right answers may name different classes.
    let lowest = first - 2 * tolerance * largest
    let largestLogit = logits.max()
    let best = logits.firstIndex { $0 == largestLogit }
    let topAgrees = expected.contains { index, logit in index == best && logit >= lowest }
    let passed = topAgrees && difference <= tolerance
    return Agreement(topAgrees: topAgrees, difference: difference, passed: passed)
}
