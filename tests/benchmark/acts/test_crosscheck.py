"""Our figures held against other tools'."""

import json

import pytest

from irrvit.benchmark.acts import crosscheck
from irrvit.benchmark.acts.crosscheck import CrosscheckResult, CrosscheckRow
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.worker.runtimes import litert, onnxruntime


def rounds(*ratios):
    return CrosscheckRow(
        variant="irrvit_tiny",
        precision="fp32",
        runtime_version="litert 2.3.0",
        tool="benchmark_litert_model",
        ours_ms=tuple(5.0 * ratio for ratio in ratios),
        theirs_ms=(5.0,) * len(ratios),
    )


def test_one_disturbed_round_decides_nothing():
    assert rounds(0.99, 1.0, 1.9).is_close


@pytest.mark.parametrize(("ratio", "is_close"), [(0.965, False), (0.975, True), (1.035, False)])
def test_medians_are_close_within_3_percent(ratio, is_close):
    assert rounds(ratio).is_close is is_close
    assert CrosscheckResult([rounds(ratio)], {}).exit_code == (0 if is_close else 1)


def test_what_could_not_be_compared_exits_2():
    assert CrosscheckResult([rounds(1.0)], {"net": "its process died"}).exit_code == 2


@pytest.mark.parametrize("tool", [litert.BENCHMARK_TOOL, onnxruntime.BENCHMARK_TOOL])
def test_the_median_of_a_tool_is_where_it_says(tool):
    written = 2.5
    for key in reversed(tool.median):
        written = {key: written, "avg": 9.0}
    assert crosscheck.read_median(tool, json.dumps(written).encode()) == 2.5


@pytest.mark.parametrize(
    "written", [b"", b"\xff", b"[]", b"{}", b'{"latency": 5}', b'{"latency": {"median_ms": "{0}"}}']
)
def test_what_a_tool_writes_instead_of_its_median_is_said(written):
    with pytest.raises(CommandFailed, match=r"wrote no median \(latency\.median_ms\)"):
        crosscheck.read_median(litert.BENCHMARK_TOOL, written)
