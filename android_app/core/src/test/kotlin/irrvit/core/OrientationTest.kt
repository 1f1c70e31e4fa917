package irrvit.core

import org.junit.Assert.assertEquals
import org.junit.Test

class OrientationTest {
    @Test
    fun picturesAreTurnedAsByPython() {
        val cases = Golden.cases("orientation")
        assert(cases.isNotEmpty())
        for (case in cases) {
            val expected = Orientation(case.getInt("rotation"), case.getBoolean("mirrored"))
            assertEquals(case.getString("name"), expected, orientation(case.getInt("exif")))
        }
    }
}
