package irrvit.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

class TopKTest {
    @Test
    fun guessesAreThoseOfPython() {
        for (case in Golden.cases("top_k")) {
            val guesses = topK(case.getJSONArray("logits").floats(), case.getInt("k"))
            val expected = case.getJSONArray("expected").objects()
            val name = case.getString("name")
            assertEquals(name, expected.map { it.getInt("index") }, guesses.map(Guess::index))
            for ((guess, other) in guesses.zip(expected)) {
                assertEquals(name, other.getDouble("probability"), guess.probability, 1e-12)
            }
        }
    }

    @Test
    fun outputsThatMeanNothingAreRefused() {
        for (case in Golden.read("top_k").getJSONArray("refused").objects()) {
            assertThrows(case.getString("name"), IllegalArgumentException::class.java) {
                topK(case.getJSONArray("logits").floats(), 5)
            }
        }
    }
}
