package irrvit.runtime

import ai.onnxruntime.OnnxJavaType
import ai.onnxruntime.OnnxTensor
import ai.onnxruntime.OrtEnvironment
import ai.onnxruntime.OrtException
import ai.onnxruntime.OrtLoggingLevel
import ai.onnxruntime.OrtSession
import ai.onnxruntime.TensorInfo
import irrvit.core.Placement
import java.nio.ByteBuffer
import java.nio.ByteOrder

private fun environment() = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR)

internal fun onnxRuntimeVersion() = "onnxruntime ${environment().version}"

/** An `.onnx` file in onnxruntime's CPU provider. */
class OnnxRuntime(content: ByteArray, threads: Int) : Runtime {
    private val environment = environment()
    private val session = open(content, threads)
    private val name = session.inputNames.single()
    private val info = session.inputInfo.getValue(name).info as TensorInfo
    private val isFloat = when (info.type) {
        OnnxJavaType.FLOAT -> true
        OnnxJavaType.UINT8 -> false
        else -> throw RuntimeFailure("its input is ${info.type}: expected float32 or uint8")
    }
    private val buffer = ByteBuffer.allocateDirect(size() * (if (isFloat) Float.SIZE_BYTES else 1))
        .order(ByteOrder.nativeOrder())
    private val feed = mapOf(name to tensor())

    override val version = onnxRuntimeVersion()
    override val placement = Placement()

    override fun set(pixels: FloatArray) {
        if (pixels.size != size()) {
            throw RuntimeFailure("the picture has ${pixels.size} values: expected ${size()}")
        }
        if (isFloat) {
            buffer.asFloatBuffer().put(pixels)
        } else {
            pixels.forEachIndexed { i, value -> buffer.put(i, value.toInt().toByte()) }
        }
    }

    override fun call() = run().close()

    override fun logits(): FloatArray = run().use { answer ->
        val output = answer.get(0) as? OnnxTensor
        if (output?.info?.type != OnnxJavaType.FLOAT) {
            throw RuntimeFailure("its output is not float32, as irrvit-export writes it")
        }
        val values = output.floatBuffer
        FloatArray(values.remaining()).also(values::get)
    }

    override fun close() {
        feed.values.forEach(OnnxTensor::close)
        session.close()
    }

    private fun run(): OrtSession.Result = try {
        session.run(feed)
    } catch (error: OrtException) {
        throw RuntimeFailure("onnxruntime failed to run the network: ${error.message}", error)
    }

    private fun open(content: ByteArray, threads: Int): OrtSession {
        val options = OrtSession.SessionOptions()
        options.setIntraOpNumThreads(threads)
        options.setInterOpNumThreads(1)
        try {
            return environment.createSession(content, options)
        } catch (error: OrtException) {
            throw RuntimeFailure("onnxruntime cannot read this file: ${error.message}", error)
        }
    }

    private fun size() = info.shape.reduce(Long::times).toInt()

    private fun tensor(): OnnxTensor =
        if (isFloat) OnnxTensor.createTensor(environment, buffer.asFloatBuffer(), info.shape)
        else OnnxTensor.createTensor(environment, buffer, info.shape, info.type)
}
