package org.irrvit.mobile

import android.content.Context
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.util.Size
import android.util.TypedValue
import android.view.Gravity
import android.view.SurfaceView
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.Spinner
import android.widget.TextView

/** The main screen: the camera's picture behind, what it shows in front. */
class MainView(context: Context) : FrameLayout(context) {
    val preview = Preview(context)
    val models = Spinner(context)
    val picture = button("Picture")
    val camera = button("Turn camera")
    val benchmark = button("Benchmark")
    val message = text(20f)
    val check = text(13f)
    val bars = Bars(context)
    private val times = text(14f)

    init {
        fitsSystemWindows = true
        addView(preview, LayoutParams(WRAP_CONTENT, WRAP_CONTENT, Gravity.CENTER))
        addView(column(models, check), LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.TOP))
        val buttons = LinearLayout(context)
        listOf(picture, camera, benchmark).forEach(buttons::addView)
        val bottom = LayoutParams(MATCH_PARENT, WRAP_CONTENT, Gravity.BOTTOM)
        addView(column(bars, times, buttons), bottom)
        // In front: on a small screen the shade behind the bars is as high as this.
        addView(message, LayoutParams(WRAP_CONTENT, WRAP_CONTENT, Gravity.CENTER))
        message.gravity = Gravity.CENTER
        message.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }

    fun show(state: UiState) {
        val isRunning = state is UiState.Running
        message.visibility = if (isRunning) GONE else VISIBLE
        bars.visibility = if (isRunning) VISIBLE else INVISIBLE
        times.visibility = bars.visibility
        when (state) {
            is UiState.Loading -> message.text = state.what
            is UiState.Failed -> message.text = "${state.message}\n\n${state.action.text}".trim()
            is UiState.Running -> showPrediction(state)
        }
    }

    private fun showPrediction(state: UiState.Running) {
        val prediction = state.prediction
        val label = { index: Int -> state.labels.getOrElse(index) { "class $it" } }
        bars.show(prediction.guesses.map { label(it.index) to it.probability })
        val spent = "preprocessing %.1f ms · inference %.1f ms"
            .format(prediction.preprocessMs, prediction.inferenceMs)
        times.text = "${state.source} · $spent\n${state.description}"
    }

    private fun button(label: String) = Button(context).apply { text = label }

    private fun text(sp: Float) = TextView(context).apply {
        textSize = sp
        setTextColor(Color.WHITE)
        setPadding(PADDING, PADDING / 2, PADDING, PADDING / 2)
    }

    private fun column(vararg views: View) = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        setBackgroundColor(SHADE)
        views.forEach(::addView)
    }
}

/** A surface of the shape of the camera's pictures. */
class Preview(context: Context) : SurfaceView(context) {
    private var shape = Size(3, 4)

    /** @param size as a person sees it, after turning. */
    fun setShape(size: Size) {
        shape = size
        requestLayout()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        val height = MeasureSpec.getSize(heightSpec)
        val scale = minOf(width.toDouble() / shape.width, height.toDouble() / shape.height)
        setMeasuredDimension((shape.width * scale).toInt(), (shape.height * scale).toInt())
    }
}

/** Classes and how likely they are. */
class Bars(context: Context) : View(context) {
    private val text = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = Color.WHITE }
    private val bar = Paint().apply { color = BAR }
    private val line =
        TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, 28f, resources.displayMetrics)
    private var guesses = emptyList<Pair<String, Double>>()

    fun show(likely: List<Pair<String, Double>>) {
        guesses = likely.map { (label, probability) -> label.substringBefore(',') to probability }
        contentDescription = guesses.joinToString { (label, probability) ->
            "$label %.0f %%".format(100 * probability)
        }
        invalidate()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) =
        setMeasuredDimension(MeasureSpec.getSize(widthSpec), (LINES * line).toInt())

    override fun onDraw(canvas: Canvas) {
        text.textSize = line * 0.6f
        guesses.forEachIndexed { i, (label, probability) ->
            val length = (width * probability).toFloat()
            canvas.drawRect(0f, i * line + 2, length, (i + 1) * line - 2, bar)
            val said = "$label   %.1f %%".format(100 * probability)
            canvas.drawText(said, PADDING.toFloat(), (i + 0.72f) * line, text)
        }
    }
}

private const val PADDING = 24
private const val LINES = 5
private const val SHADE = 0x99000000.toInt()
private const val BAR = 0xff2b7a69.toInt()
