"""Real transcripts of Google's tool, of every form since 2018, compared as whole records.

`recorded/android/` has what it printed on a Qualcomm board, a Chromebook, phones, a board with
RISC-V and others, as their owners published it.
"""

from pathlib import Path

import pytest

from irrvit.benchmark.android import tool_output
from irrvit.benchmark.android.tool_output import ToolOp, ToolRun

FOLDER = Path(__file__).parents[1] / "recorded" / "android"


def read(name):
    return (FOLDER / f"{name}.txt").read_text()


def test_a_run_on_the_cpu():
    assert tool_output.tool_run(read("benchmark_model_cpu")) == ToolRun(
        calls=50,
        mean_ms=105.784,
        init_ms=87.639,
        peak_memory_bytes=None,
        accelerator="cpu",
        nodes_total=None,
        nodes_delegated=None,
        partitions=None,
    )


def test_a_run_on_the_gpu_says_what_ran_there_and_what_it_needed():
    run = tool_output.tool_run(read("benchmark_model_gpu"))
    assert run == ToolRun(
        calls=1694,
        mean_ms=35.1349,
        init_ms=842.225,
        peak_memory_bytes=round(74.6641 * 2**20),
        accelerator="gpu",
        nodes_total=58,
        nodes_delegated=58,
        partitions=1,
    )


def test_a_gpu_that_was_asked_for_and_took_nothing_is_none():
    text = read("benchmark_model_gpu").replace(
        "will be completely executed by the delegate", "will not be executed by the delegate"
    )
    run = tool_output.tool_run(text)
    assert run is not None
    assert run.accelerator == "cpu"


def test_partitions_are_read_behind_the_marks_of_a_log():
    run = tool_output.tool_run(read("benchmark_model_partly"))
    assert run is not None
    assert (run.nodes_total, run.nodes_delegated, run.partitions) == (836, 792, 21)
    assert (run.calls, run.mean_ms) == (10, 295.775)


def test_one_call_of_warmup_and_times_with_an_exponent_are_read():
    run = tool_output.tool_run(read("benchmark_model_one_call"))
    assert run is not None
    assert (run.calls, run.mean_ms) == (50, 2950.34)


@pytest.mark.parametrize("text", ["", "ERROR: Benchmarking failed.", "count=5 first=1 curr=2"])
def test_a_run_without_a_result_is_none(text):
    assert tool_output.tool_run(text) is None


def test_the_profile_has_the_operations_of_the_calls_and_no_others():
    assert tool_output.tool_profile(read("benchmark_model_profile")) == [
        ToolOp("QUANTIZE", 0.093),
        ToolOp("CONV_2D", 3.640),
        ToolOp("TfLiteGpuDelegateV2", 0.388),
        ToolOp("FULLY_CONNECTED", 3.142),
    ]


def test_the_profile_of_a_newer_version_has_a_column_less():
    kinds = [
        (op.kind, op.mean_ms)
        for op in tool_output.tool_profile(read("benchmark_model_profile_new"))
    ]
    assert kinds == [
        ("TfLiteNnapiDelegate", 4.011),
        ("RESIZE_NEAREST_NEIGHBOR", 0.058),
        ("TfLiteNnapiDelegate", 2.396),
    ]


@pytest.mark.parametrize(
    ("name", "calls", "mean_ms", "init_ms", "accelerator"),
    [
        ("benchmark_model_2018", 50, 137.722, 4.452, "cpu"),
        ("benchmark_model_2019", 50, 115.062, 1.892, "cpu"),
        ("benchmark_model_gpu_2020", 110, 8.68033, 1451.51, "gpu"),
        ("benchmark_litert_model", 2112, 0.464545, 4.478, "cpu"),
    ],
)
def test_the_tool_of_each_year_is_read(name, calls, mean_ms, init_ms, accelerator):
    run = tool_output.tool_run(read(name))
    assert run is not None
    assert (run.calls, run.accelerator) == (calls, accelerator)
    assert (run.mean_ms, run.init_ms) == (pytest.approx(mean_ms), pytest.approx(init_ms))


@pytest.mark.parametrize(
    ("summary", "mean_ms", "init_ms"),
    [
        (
            "Average inference timings in us: Warmup: 91471, Init: 4108, no stats: 137722",
            137.722,
            4.108,
        ),
        (
            "Average inference timings in us: Warmup: 91471, Init: 4108, Inference: 80660.1",
            80.6601,
            4.108,
        ),
        (
            "tflite  : Inference timings in us: Init: 5685, First inference: 18535, "
            "Warmup (avg): 1.446e+04, Inference (avg): 14575.2",
            14.5752,
            5.685,
        ),
        (
            "Model initialization: 45.32 ms\nWarmup (avg):         98.76 ms (1 runs)\n"
            "Inference (avg):      85.23 ms (50 runs)",
            85.23,
            45.32,
        ),
    ],
)
def test_a_summary_alone_tells_the_mean_and_not_of_how_many_calls(summary, mean_ms, init_ms):
    run = tool_output.tool_run(f"INFO: STARTING!\nINFO: {summary}\n")
    assert run is not None
    assert (run.calls, run.mean_ms, run.init_ms) == (None, mean_ms, init_ms)


def test_statistics_beside_a_summary_of_hundredths_are_the_more_exact():
    run = tool_output.tool_run(read("benchmark_litert_model"))
    assert run is not None
    assert run.mean_ms != 0.46


def test_one_that_died_while_it_was_timed_has_no_result():
    """Its warmup's statistics are there, and would be taken for the run's."""
    text, _, _ = read("benchmark_model_2018").partition("Running benchmark for 50")
    assert "count=1" in text
    assert tool_output.tool_run(text) is None


def test_calls_that_are_all_alike_have_no_spread():
    text = read("benchmark_model_2018").replace(
        "count=50 first=137789 curr=137254 min=137079 max=143416 avg=137722 std=896",
        "count=50 curr=137254(all same)",
    )
    run = tool_output.tool_run(text)
    assert run is not None
    assert (run.calls, run.mean_ms) == (50, 137.254)


@pytest.mark.parametrize(
    ("said", "mean_ms"),
    [
        ("86400000000", 86_400_000.0),  # A day.
        ("86400000001", None),
        ("1e308", None),
        ("nan", None),
        ("inf", None),
        ("-5", None),
        ("0", None),
    ],
)
def test_a_mean_that_cannot_be_is_no_result_and_the_last_call_stands_for_none(said, mean_ms):
    text = read("benchmark_model_2018").replace("avg=137722", f"avg={said}")
    run = tool_output.tool_run(text)
    assert (run and run.mean_ms) == mean_ms


def test_a_memory_that_no_machine_has_is_unknown():
    text = read("benchmark_model_gpu").replace("74.6641", "9" * 39)
    run = tool_output.tool_run(text)
    assert run is not None
    assert run.peak_memory_bytes is None


def test_a_dry_run_has_no_result():
    text = "Initialized session in 4ms\ncount=0\ncount=0\n"
    assert tool_output.tool_run(text) is None


def test_what_litert_says_of_its_memory_is_read():
    text = read("benchmark_litert_model").replace(
        "Peak memory usage not available. (peak_mem_mb <= 0)", "Peak memory:          35.50 MB"
    )
    run = tool_output.tool_run(text)
    assert run is not None
    assert run.peak_memory_bytes == round(35.5 * 2**20)


def test_the_profile_of_2019_has_no_heading():
    rows = tool_output.tool_profile(read("benchmark_model_2019"))
    assert rows == [ToolOp("CONV_2D", 7.237), ToolOp("DEPTHWISE_CONV_2D", 3.726)]


def test_the_profile_of_litert_is_without_the_making_of_tensors():
    assert tool_output.tool_profile(read("benchmark_litert_model")) == [
        ToolOp("LiteRT::Run[buffer registration]", 0.014),
        ToolOp("Static Reshape (NC)", 0.003),
        ToolOp("Fully Connected (NC, PF32) GEMM", 0.382),
    ]


def test_a_profile_of_the_initialization_alone_is_none_of_calls():
    initial, _, _ = read("benchmark_model_profile").partition("Operator-wise")
    assert tool_output.tool_profile(initial) == []
