"""A regression is found, and nothing is compared that cannot be."""

import re

import pytest

from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.results import baseline, store
from irrvit.benchmark.results.baseline import Gate


def slowed(measurement, factor):
    repeats = tuple(
        r.model_copy(
            update={"blocks_ms": tuple(tuple(factor * ms for ms in b) for b in r.blocks_ms)}
        )
        for r in measurement.repeats
    )
    return measurement.model_copy(update={"repeats": repeats})


def gate(new, *old):
    return baseline.gate(new, old, fail_above=0.05)


def test_the_same_latency_passes(measurement):
    gated = gate(measurement, measurement)
    assert gated.gate is Gate.PASSED
    assert re.search(r"no difference above [\d.]+ % could hide$", gated.detail)
    assert "cannot tell" not in gated.detail


@pytest.mark.parametrize(
    ("factor", "found"), [(0.9, Gate.PASSED), (1.0499, Gate.PASSED), (1.0501, Gate.REGRESSED)]
)
def test_a_rise_beyond_the_limit_is_a_regression(measurement, factor, found):
    assert gate(slowed(measurement, factor), measurement).gate is found


def test_how_much_slower_it_is_is_said(measurement):
    gated = gate(slowed(measurement, 1.08), measurement)
    assert gated.name == "irrvit_tiny litert"
    assert gated.detail.startswith("1.080 times the baseline's latency (1.0")
    assert gated.detail.endswith("): slower")
    assert gated.comparison is not None


def test_a_rise_that_may_be_chance_is_no_pass(measurement):
    repeats = [slowed(measurement, f).repeats[0] for f in (1.0, 1.09, 1.0, 1.09, 1.09)]
    new = measurement.model_copy(update={"repeats": tuple(repeats)})
    gated = baseline.gate(new, [measurement], fail_above=0.03)
    assert gated.gate is Gate.CANNOT_TELL
    assert gated.detail.endswith("could hide; measure again, with more --repeats")


def test_the_latest_of_the_baseline_counts(measurement):
    older = slowed(measurement, 0.5)
    assert gate(measurement, older, measurement).gate is Gate.PASSED
    assert gate(measurement, measurement, older).gate is Gate.REGRESSED


def test_another_device_is_refused(measurement):
    other = measurement.device.model_copy(update={"id_hash": "another", "name": "another one"})
    gated = gate(measurement, measurement.model_copy(update={"device": other}))
    assert (gated.gate, "of another device (another one)" in gated.detail) == (Gate.REFUSED, True)


def test_the_latest_of_several_other_devices_is_named(measurement):
    device = measurement.device
    others = [
        measurement.model_copy(
            update={"device": device.model_copy(update={"id_hash": name, "name": name})}
        )
        for name in ("older", "latest")
    ]
    assert gate(measurement, *others).detail.endswith("another device (latest)")


def test_the_first_of_several_reasons_is_said(measurement):
    wrong = measurement.golden.model_copy(update={"failures": ("cat.jpg: names class 3",)})
    invalid = measurement.model_copy(update={"golden": wrong, "background_cores": 1.5})
    assert gate(invalid, measurement).detail == (
        "this run is invalid: wrong-output, cat.jpg: names class 3 (1 in all)"
    )


@pytest.mark.parametrize("side", ["this run", "the baseline"])
def test_an_invalid_run_is_refused_on_either_side(measurement, side):
    invalid = measurement.model_copy(update={"background_cores": 1.5})
    pair = (invalid, measurement) if side == "this run" else (measurement, invalid)
    gated = gate(*pair)
    assert gated.gate is Gate.REFUSED
    assert gated.detail.startswith(f"{side} is invalid: background-load")


@pytest.mark.parametrize(
    "change", [{"threads": 2}, {"runtime": "onnxruntime"}, {"accelerator": "gpu"}]
)
def test_other_settings_are_not_compared(measurement, change):
    config = measurement.config.model_copy(update=change)
    gated = gate(measurement, measurement.model_copy(update={"config": config}))
    assert (gated.gate, gated.detail) == (
        Gate.REFUSED,
        "the baseline has no measurement of its kind",
    )


@pytest.mark.parametrize(
    "change", [{"variant": "another"}, {"target": "onnx"}, {"precision": "int8"}]
)
def test_other_files_are_not_compared(measurement, change):
    assert gate(measurement, measurement.model_copy(update=change)).gate is Gate.REFUSED


def test_the_latest_of_this_device_counts_though_another_came_later(measurement):
    device = measurement.device.model_copy(update={"id_hash": "another"})
    later = slowed(measurement, 0.5).model_copy(update={"device": device})
    assert gate(measurement, measurement, later).gate is Gate.PASSED


def test_damaged_lines_of_a_baseline_are_named(tmp_path, measurement):
    path = tmp_path / "store.jsonl"
    store.append(path, measurement)
    path.write_text(path.read_text() + '{"cut')
    said = []
    assert baseline.read(path, lambda name, line: said.append(line)) == [measurement]
    assert "line 2: not whole JSON" in said[0]


def test_a_baseline_without_a_measurement_is_refused(tmp_path):
    (tmp_path / "empty").touch()
    with pytest.raises(BadOptions, match="has no measurement"):
        baseline.read(tmp_path / "empty", lambda name, line: None)


@pytest.mark.parametrize(
    ("text", "share"), [("5%", 0.05), ("0", 0.0), (" 2.5 %", 0.025), ("999%", 9.99)]
)
def test_a_percentage_is_read(text, share):
    assert baseline.parse_percent(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "five", "-0.1%", "1000%", "nan"])
def test_what_is_no_percentage_is_refused(text):
    with pytest.raises(BadOptions, match="expected a percentage"):
        baseline.parse_percent(text)
