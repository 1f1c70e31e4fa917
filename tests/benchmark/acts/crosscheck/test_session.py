"""Our figures held against other tools'."""

import json

import pytest

from irrvit.benchmark.acts.crosscheck import plain_loop, session
from irrvit.benchmark.acts.crosscheck.session import Agreement, Agreements
from irrvit.benchmark.acts.measure import Request
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.worker import linear


def rounds(*ratios):
    return Agreement(
        variant="irrvit_tiny",
        precision="fp32",
        runtime_version="litert 2.3.0",
        tool="benchmark_litert_model",
        ours_ms=tuple(5.0 * ratio for ratio in ratios),
        theirs_ms=(5.0,) * len(ratios),
    )


def test_one_disturbed_round_decides_nothing():
    assert rounds(0.99, 1.0, 1.9).agrees


@pytest.mark.parametrize(("ratio", "agrees"), [(0.965, False), (0.975, True), (1.035, False)])
def test_medians_agree_within_3_percent(ratio, agrees):
    assert rounds(ratio).agrees is agrees
    assert Agreements([rounds(ratio)], {}).exit_code == (0 if agrees else 1)


def test_what_could_not_be_compared_exits_2():
    assert Agreements([rounds(1.0)], {"net": "its process died"}).exit_code == 2


def test_other_devices_have_no_other_tools():
    with pytest.raises(BadOptions, match="on this machine, not on pixel"):
        session.run(Request(device="pixel"), lambda *_: None)


@pytest.mark.needs("onnx", "onnxruntime")
def test_the_plain_loop_writes_its_median(tmp_path):
    (tmp_path / "linear.onnx").write_bytes(linear.onnx(64))
    plain_loop.main(str(tmp_path / "linear.onnx"), "1", "20", str(tmp_path / "result.json"))
    said = json.loads((tmp_path / "result.json").read_text())
    assert 0 < session.TOOLS["onnxruntime"].median_ms(said) < 1000
