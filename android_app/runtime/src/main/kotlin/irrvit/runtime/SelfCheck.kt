package irrvit.runtime

import irrvit.core.Frame
import irrvit.core.agreement
import irrvit.core.Manifest

/** Whether this device computes what PyTorch computed; `difference` is the largest of all cases. */
data class SelfCheck(val cases: Int, val failures: List<String>, val difference: Double) {
    /** A check that compared nothing has failed. */
    val passed get() = cases > 0 && failures.isEmpty()

    override fun toString() =
        if (passed) "self-check passed: $cases of $cases pictures as PyTorch, at most %.1e off".format(difference)
        else "SELF-CHECK FAILED, this device computes wrongly: ${failures.firstOrNull() ?: "nothing to compare with"}"
}

/** Show every golden picture of a manifest to its network. */
fun selfCheck(manifest: Manifest, classifier: Classifier, picture: (String) -> Frame): SelfCheck {
    val results = manifest.golden.associate { golden ->
        golden.picture to agreement(classifier.logits(picture(golden.picture)), golden, manifest.maxRel)
    }
    val failures = results.filterValues { !it.passed }.map { (name, found) ->
        if (found.topAgrees) "$name is %.1e off, %.1e is allowed".format(found.difference, manifest.maxRel)
        else "$name is taken for something else"
    }
    return SelfCheck(results.size, failures, results.values.maxOfOrNull { it.difference } ?: Double.NaN)
}
