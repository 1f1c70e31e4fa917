package irrvit.runtime

import irrvit.core.Placement
import org.bytedeco.javacpp.BytePointer
import org.bytedeco.javacpp.Pointer
import org.bytedeco.tensorflowlite.BuiltinOpResolver
import org.bytedeco.tensorflowlite.FlatBufferModel
import org.bytedeco.tensorflowlite.Interpreter
import org.bytedeco.tensorflowlite.InterpreterBuilder
import org.bytedeco.tensorflowlite.TfLiteTensor
import org.bytedeco.tensorflowlite.global.tensorflowlite

internal fun liteRtVersion() = "tensorflow-lite ${tensorflowlite.TfLiteVersion().string}"

/** A `.tflite` file in TensorFlow Lite's interpreter, XNNPACK as the platform has it. */
class LiteRt(content: ByteArray, threads: Int) : Runtime {
    override val version = liteRtVersion()

    // Native code reads these as long as the interpreter lives, so they live as long.
    private val bytes = BytePointer(*content)
    private val model: FlatBufferModel =
        FlatBufferModel.VerifyAndBuildFromBuffer(bytes, content.size.toLong())
            ?: throw RuntimeFailure("this is no TFLite file, or a damaged one")
    private val resolver = BuiltinOpResolver()
    private val interpreter = Interpreter(null as Pointer?)
    private val input: TfLiteTensor
    private val output: TfLiteTensor

    init {
        val builder = InterpreterBuilder(model, resolver)
        builder.SetNumThreads(threads)
        check(builder.apply(interpreter), "build an interpreter: an operation it does not know?")
        check(interpreter.AllocateTensors(), "allocate the tensors")
        input = interpreter.input_tensor(0)
        output = interpreter.output_tensor(0)
    }

    override val placement: Placement
        get() {
            val plan = interpreter.execution_plan()
            val steps = List(plan.limit().toInt()) { plan.get(it.toLong()) }
            val delegates = steps.count { isDelegate(it) }
            val total = interpreter.nodes_size().toInt() - delegates
            return Placement(total, total - (steps.size - delegates), delegates)
        }

    override fun set(pixels: FloatArray) {
        when (input.type()) {
            tensorflowlite.kTfLiteFloat32 -> {
                checkSize(pixels.size, input.bytes() / Float.SIZE_BYTES)
                input.data().f().put(*pixels)
            }
            tensorflowlite.kTfLiteUInt8 -> {
                checkSize(pixels.size, input.bytes())
                input.data().raw().put(*ByteArray(pixels.size) { pixels[it].toInt().toByte() })
            }
            else -> throw RuntimeFailure("its input is neither float32 nor uint8")
        }
    }

    override fun call() {
        if (interpreter.Invoke() != tensorflowlite.kTfLiteOk) {
            throw RuntimeFailure("the interpreter failed to run the network")
        }
    }

    override fun logits(): FloatArray {
        if (output.type() != tensorflowlite.kTfLiteFloat32) {
            throw RuntimeFailure("its output is not float32, as irrvit-export writes it")
        }
        call()
        val values = FloatArray((output.bytes() / Float.SIZE_BYTES).toInt())
        output.data().f().get(values)
        return values
    }

    override fun close() = listOf(interpreter, resolver, model, bytes).forEach(Pointer::close)

    private fun isDelegate(node: Int): Boolean {
        val registration = interpreter.node_and_registration(node).second()
        return registration.builtin_code() == tensorflowlite.kTfLiteBuiltinDelegate
    }

    private fun check(status: Int, what: String) {
        if (status == tensorflowlite.kTfLiteOk) return
        throw RuntimeFailure("TensorFlow Lite could not $what")
    }

    private fun checkSize(got: Int, expected: Long) {
        if (got.toLong() == expected) return
        throw RuntimeFailure("the picture has $got values: expected $expected")
    }
}
