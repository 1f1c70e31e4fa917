package irrvit.core

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test

class GoldenAgreementTest {
    private val cases = Golden.cases("golden_agreement")

    @Test
    fun verdictsAreThoseOfPython() {
        assert(cases.isNotEmpty())
        for (case in cases) {
            val found = agreement(case)
            val name = case.getString("name")
            assertEquals(name, case.getBoolean("passed"), found.passed)
            assertEquals(name, case.getBoolean("top_agrees"), found.topAgrees)
        }
    }

    @Test
    fun picturesTogetherAreJudgedAsByPython() {
        val sets = Golden.read("golden_agreement").getJSONArray("sets").objects()
        assert(sets.isNotEmpty())
        for (set in sets) {
            val pictures = set.getJSONArray("pictures").strings()
            val found = goldenAgreement(pictures.map { it to agreement(named(it)) }, 1e-4)
            val name = set.getString("name")
            assertEquals(name, set.getInt("cases"), found.cases)
            assertEquals(name, set.getBoolean("passed"), found.passed)
            val failed = found.failures.map { it.substringBefore(':') }
            assertEquals(name, set.getJSONArray("failed").strings(), failed)
        }
    }

    @Test
    fun largestDifferenceOfAllPicturesIsThatOfTheSet() {
        val off = agreement(named("almost beyond the tolerance"))
        val same = agreement(named("the same"))
        val found = goldenAgreement(listOf("a" to same, "b" to off, "c" to same), 1e-4)
        assertEquals(off.difference, found.difference, 0.0)
        assertEquals(0.00078 / 8, found.difference, 1e-7)
    }

    private fun named(name: String) = cases.single { it.getString("name") == name }

    private fun agreement(case: JSONObject): Agreement {
        val expected = case.getJSONObject("golden")
        val top5 = expected.getJSONArray("top5").doubles().map(Double::toInt)
        val scale = expected.optDouble("scale").takeUnless(Double::isNaN)
        val golden = GoldenCase("p", top5, expected.getJSONArray("logits").doubles(), scale)
        val logits = case.getJSONArray("logits").floats()
        return agreement(logits, golden, expected.getDouble("tolerance"))
    }
}
