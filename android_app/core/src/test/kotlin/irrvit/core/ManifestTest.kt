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
        assertEquals(Golden.spec(valid.getJSONObject("input")), manifest.input)
        val case = valid.getJSONArray("golden").getJSONObject(0)
        assertEquals(case.getJSONArray("logits").doubles(), manifest.golden.first().logits)
    }

    @Test
    fun changeThatLeavesItValidIsRead() {
        val changes = golden.getJSONArray("right").objects()
        assert(changes.isNotEmpty())
        for (change in changes) parseManifest(changed(change))
    }

    @Test
    fun wrongFieldIsNamed() {
        val changes = listOf("invalid", "invalid_for_apps")
            .flatMap { golden.getJSONArray(it).objects() }
        assert(changes.isNotEmpty())
        for (change in changes) {
            val name = change.getString("name")
            val text = changed(change)
            val error = assertThrows(name, BadManifest::class.java) { parseManifest(text) }
            val field = change.getString("field")
            assertTrue("${error.message} names not $field", error.message!!.contains(" $field is "))
        }
    }

    @Test
    fun textThatIsNoJsonIsRefused() {
        assertThrows(BadManifest::class.java) { parseManifest("<html>") }
    }

    private fun changed(change: JSONObject): String {
        val manifest = valid
        set(manifest, change.getString("field").split("."), change.get("value"))
        return manifest.toString()
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
