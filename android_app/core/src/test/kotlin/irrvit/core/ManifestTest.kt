package irrvit.core

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class ManifestTest {
    private val golden = Golden.read("manifest")
    private val valid get() = JSONObject(golden.getJSONObject("valid").toString())

    @Test
    fun validOneIsReadWhole() {
        val manifest = parseManifest(valid.toString())
        assertEquals(valid.getString("sha256"), manifest.sha256)
        assertEquals(valid.getLong("macs"), manifest.macs)
        assertEquals(valid.getJSONArray("labels").length(), manifest.labels.size)
        val input = valid.getJSONObject("input")
        val spec = InputSpec(
            input.getInt("height"), input.getInt("width"), input.getInt("resize"), input.getString("interpolation"),
        )
        assertEquals(spec, manifest.input)
        val case = valid.getJSONArray("golden").getJSONObject(0)
        assertEquals(case.getJSONArray("logits").doubles(), manifest.golden.first().logits)
    }

    @Test
    fun wrongFieldIsNamed() {
        for (change in golden.getJSONArray("invalid").objects()) {
            val field = change.getString("field")
            val changed = valid.also { set(it, field.split("."), change.get("value")) }
            val error = assertThrows(change.getString("name"), BadManifest::class.java) { parseManifest(changed.toString()) }
            assertTrue("${error.message} does not name $field", error.message!!.contains(" $field "))
        }
    }

    @Test
    fun textThatIsNoJsonIsRefused() {
        assertThrows(BadManifest::class.java) { parseManifest("<html>") }
    }

    private fun set(target: Any, way: List<String>, value: Any) {
        val (name, rest) = way.first() to way.drop(1)
        when {
            target is JSONArray && rest.isEmpty() -> target.put(name.toInt(), value)
            target is JSONArray -> set(target.get(name.toInt()), rest, value)
            rest.isEmpty() -> (target as JSONObject).put(name, value)
            else -> set((target as JSONObject).get(name), rest, value)
        }
    }
}
