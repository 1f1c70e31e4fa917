import Core
import Foundation

/// Whether this device computes what PyTorch computed; `difference` is the largest of all cases.
public struct SelfCheck: Equatable, Sendable, CustomStringConvertible {
    public let cases: Int
    public let failures: [String]
    public let difference: Double

    /// A check that compared nothing has failed.
    public var passed: Bool { cases > 0 && failures.isEmpty }

    public var description: String {
        guard passed else {
            let why = failures.first ?? "nothing to compare with"
            return "SELF-CHECK FAILED, this device computes wrongly: \(why)"
        }
        return "self-check passed: \(cases) of \(cases) pictures as PyTorch, "
            + "at most \(inShort(difference)) off"
    }
}

/// Gives a golden picture by its name, for as long as `look` looks at it.
public typealias GoldenPictures = (_ name: String, _ look: (Frame) throws -> Void) throws -> Void

/// Show every golden picture of a manifest to its network.
public func selfCheck(
    _ manifest: Manifest, _ classifier: any Classifier, pictures: GoldenPictures
) throws -> SelfCheck {
    var failures: [String] = []
    var largest = 0.0
    for golden in manifest.golden {
        try pictures(golden.picture) { frame in
            let found = agreement(
                try classifier.logits(frame), golden, tolerance: manifest.maxRel)
            largest = found.difference.isNaN ? .nan : max(largest, found.difference)
            if !found.topAgrees {
                failures.append("\(golden.picture) is taken for something else")
            } else if !found.passed {
                let (difference, allowed) = (inShort(found.difference), inShort(manifest.maxRel))
                failures.append("\(golden.picture) is \(difference) off, \(allowed) is allowed")
            }
        }
    }
    return SelfCheck(cases: manifest.golden.count, failures: failures, difference: largest)
}

func inShort(_ value: Double) -> String { String(format: "%.1e", value) }
