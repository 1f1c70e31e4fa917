package irrvit.runtime

import irrvit.core.Frame
import java.io.FileNotFoundException
import java.io.InputStream
import java.util.zip.ZipFile
import javax.imageio.ImageIO
import kotlin.system.exitProcess

private const val USAGE = """usage: java -cp worker.jar irrvit.runtime.ApkCheckMainKt FILE.apk

Does what the app does first when it is opened: shows the golden pictures to its first model, and
says whether it answers as PyTorch does."""

private const val MODELS = "assets/models"

/** The app's self-check without a phone: the same code on the same files, on a desktop's JVM. */
fun main(arguments: Array<String>) {
    if (arguments.size != 1) {
        System.err.println(USAGE)
        exitProcess(2)
    }
    ZipFile(arguments.single()).use { apk ->
        val said = try {
            check(apk)
        } catch (error: BadArtifact) {
            error.message
        } catch (error: RuntimeFailure) {
            error.message
        }
        println(said)
    }
}

private fun check(apk: ZipFile): String {
    val index = apk.open("$MODELS/$MODEL_INDEX").use { it.readBytes().decodeToString() }
    val model = modelNames(index).firstOrNull() ?: throw BadArtifact("this build has no models")
    val artifact = Artifact.read { apk.open("$MODELS/$model/$it") }
    val check = FileClassifier(artifact, threads = 1).use { classifier ->
        selfCheck(artifact.manifest, classifier) { name ->
            apk.open("$MODELS/${pictureFile(name)}").use(::frame)
        }
    }
    return "${artifact.name}: ${checkText(check)}"
}

private fun ZipFile.open(name: String): InputStream =
    getInputStream(getEntry(name) ?: throw FileNotFoundException("$name is not in it"))

private fun frame(stream: InputStream): Frame {
    val picture = ImageIO.read(stream)
    val pixels = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
    val bytes = ByteArray(4 * pixels.size) { (pixels[it / 4] shr SHIFTS[it % 4]).toByte() }
    return Frame(bytes, picture.width, picture.height, 4 * picture.width, rotation = 0)
}

/** Where red, green, blue and opacity lie in a pixel. */
private val SHIFTS = intArrayOf(16, 8, 0, 24)
