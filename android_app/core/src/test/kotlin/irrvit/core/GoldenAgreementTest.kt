package irrvit.core

import org.junit.Assert.assertEquals
import org.junit.Test

class GoldenAgreementTest {
    @Test
    fun verdictsAreThoseOfPython() {
        val expected = Golden.read("golden_agreement").getJSONObject("golden")
        val top5 = expected.getJSONArray("top5").doubles().map(Double::toInt)
        val golden = GoldenCase("p", top5, expected.getJSONArray("logits").doubles())
        for (case in Golden.cases("golden_agreement")) {
            val found = agreement(case.getJSONArray("logits").floats(), golden, expected.getDouble("tolerance"))
            assertEquals(case.getString("name"), case.getBoolean("passed"), found.passed)
        }
    }
}
