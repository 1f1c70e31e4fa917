import Core

/// Gives a golden picture by its name, for as long as `look` looks at it.
public typealias GoldenPictures = (_ name: String, _ look: (Frame) throws -> Void) throws -> Void

/// Show every golden picture of a manifest to its network.
public func selfCheck(
    _ manifest: Manifest, _ classifier: any Classifier, pictures: GoldenPictures
) throws -> GoldenAgreement {
    var found: [(String, Agreement)] = []
    for golden in manifest.golden {
        try pictures(golden.picture) { frame in
            let logits = try classifier.logits(frame)
            found.append((golden.picture, agreement(logits, golden, tolerance: manifest.maxRel)))
        }
    }
    return goldenAgreement(found, tolerance: manifest.maxRel)
}

/// `scripts/iphone.sh` looks for these words.
public func checkText(_ found: GoldenAgreement) -> String {
    guard found.passed else {
        let failure = found.failures.first ?? "nothing to compare with"
        return "SELF-CHECK FAILED, this device computes wrongly: \(failure)"
    }
    return "self-check passed: \(found.cases) of \(found.cases) pictures as PyTorch, "
        + "at most \(inShort(found.difference)) off"
}
