package irrvit.runtime

import irrvit.core.Frame
import irrvit.core.GoldenAgreement
import irrvit.core.Manifest
import irrvit.core.agreement
import irrvit.core.goldenAgreement

/** Show every golden picture of a manifest to its network; `picture` reads one by its name. */
fun selfCheck(
    manifest: Manifest,
    classifier: Classifier,
    picture: (String) -> Frame,
): GoldenAgreement {
    val found = manifest.golden.map { golden ->
        val logits = classifier.logits(picture(golden.picture))
        golden.picture to agreement(logits, golden, manifest.maxRel)
    }
    return goldenAgreement(found, manifest.maxRel)
}

/** `scripts/android_phone.sh` looks for these words. */
fun checkText(found: GoldenAgreement): String {
    val failure = found.failures.firstOrNull() ?: "nothing to compare with"
    if (!found.passed) return "SELF-CHECK FAILED, this device computes wrongly: $failure"
    return "self-check passed: %d of %d pictures as PyTorch, at most %.1e off"
        .format(found.cases, found.cases, found.difference)
}
