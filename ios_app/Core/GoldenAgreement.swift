import Foundation

/// What a device says about a picture against what PyTorch says, as `irrvit.benchmark.results.golden`.
public struct Agreement: Equatable, Sendable {
    /// Names the class that the reference names, or one that it can hardly tell from it.
    public let topAgrees: Bool
    /// Largest difference of a logit as a share of the scale; not finite if an output is not.
    public let difference: Double
    public let passed: Bool
}

/// Hold the logits of one picture against what the reference said about it.
///
/// - Parameter tolerance: how far a logit may be off, as a share of the scale: of what decides in
///   the logits, or, where the manifest does not say, of the largest of them.
public func agreement(_ logits: [Float], _ golden: GoldenCase, tolerance: Double) -> Agreement {
    let fits = golden.top5.allSatisfy(logits.indices.contains)
    guard fits, logits.allSatisfy(\.isFinite), let first = golden.logits.first,
        let scale = golden.scale ?? golden.logits.map(abs).max()
    else {
        return Agreement(topAgrees: false, difference: .nan, passed: false)
    }
    let expected = zip(golden.top5, golden.logits)
    let errors = expected.map { index, logit in abs(Double(logits[index]) - logit) }
    let difference = (errors.max() ?? .nan) / scale
    // Within twice the tolerance two right answers may name different classes.
    let lowest = first - 2 * tolerance * scale
    let largestLogit = logits.max()
    let best = logits.firstIndex { $0 == largestLogit }
    let topAgrees = expected.contains { index, logit in index == best && logit >= lowest }
    let passed = topAgrees && difference <= tolerance
    return Agreement(topAgrees: topAgrees, difference: difference, passed: passed)
}

/// What a file said on this device about all golden pictures of its manifest.
public struct GoldenAgreement: Equatable, Sendable {
    public let cases: Int
    /// A sentence for each picture that was answered otherwise than by the reference.
    public let failures: [String]
    /// The largest of all pictures; not finite if an output is not, or nothing was compared.
    public let difference: Double

    /// A check that compared nothing has failed.
    public var passed: Bool { cases > 0 && failures.isEmpty }
}

/// Sum up what was found for each picture, by its name.
public func goldenAgreement(
    _ found: [(picture: String, agreement: Agreement)], tolerance: Double
) -> GoldenAgreement {
    let wrong = found.filter { !$0.agreement.passed }
    let failures = wrong.map { picture, agreement in
        guard agreement.topAgrees else {
            return "\(picture): names another class than the reference"
        }
        let (off, allowed) = (inShort(agreement.difference), inShort(tolerance))
        return "\(picture): a logit is off by \(off) of what decides, \(allowed) is allowed"
    }
    let differences = found.map(\.agreement.difference)
    let isFinite = !differences.isEmpty && differences.allSatisfy(\.isFinite)
    return GoldenAgreement(
        cases: found.count, failures: failures, difference: isFinite ? differences.max()! : .nan)
}

/// As "1.0e-04".
public func inShort(_ value: Double) -> String { String(format: "%.1e", value) }
