"""Ranges that pictures leave or hardly use, and decisions that changed."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from irrvit.export.proof.cases import Case
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.fewer_bits import FewerBits, compare_decisions, unexplained_ranges
from irrvit.export.proof.storage import Range, Stored, exactly
from irrvit.model.outputs import Output, OutputMeaning, classifier_outputs

PIXELS = np.zeros((2, 2, 3), np.uint8)
CASES = (Case("cat", PIXELS, is_photograph=True), Case("dog", PIXELS, is_photograph=True))
REFERENCE = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]])


def compared(outputs, reference=REFERENCE, cases=CASES):
    by_case = {case.name: {"logits": row} for case, row in zip(cases, reference, strict=True)}
    outputs = {"logits": np.asarray(outputs)}
    decisions = compare_decisions(Comparison(cases, by_case, classifier_outputs(3)), outputs)
    assert decisions is not None
    return decisions


def test_equal_decisions_are_none_that_changed():
    decisions = compared(REFERENCE * 0.5)
    assert (decisions.photographs, decisions.changed, decisions.close) == (2, (), ())


def test_a_changed_decision_is_named():
    assert compared(REFERENCE[:, [1, 0, 2]]).changed == ("cat", "dog")


@pytest.mark.parametrize(("lead", "is_decided"), [(0.0045, False), (0.0060, True)])
def test_what_leads_by_less_than_a_hundredth_of_the_spread_is_close(lead, is_decided):
    reference = np.array([[0.5 + lead, 0.5, -0.5], [0.0, 1.0, -1.0]])
    decisions = compared([[0.5, 0.6, -0.5], [0.0, 1.0, -1.0]], reference)
    assert (decisions.changed, decisions.close) == (
        (("cat",), ()) if is_decided else ((), ("cat",))
    )


def test_two_outputs_decide():
    reference = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert compared(reference[:, ::-1], reference).changed == ("cat", "dog")


def test_synthetic_pictures_decide_nothing():
    cases = (CASES[0], Case("noise", PIXELS))
    decisions = compared([[1.0, 0.0, -1.0], [1.0, 0.0, -1.0]], cases=cases)
    assert (decisions.photographs, decisions.changed) == (1, ())


def test_a_single_output_decides_nothing():
    assert compared([[5.0], [1.0]], reference=np.array([[1.0], [2.0]])).changed == ()


def compared_maps(share):
    """Maps of two classes, (2, 10, 20), a share of whose places the file decides otherwise."""
    reference = np.stack([np.ones((10, 20)), np.zeros((10, 20))])
    outputs = reference.copy()
    outputs.reshape(2, -1)[:, : round(share * 200)] = [[0], [1]]
    output = Output(name="map", shape=(1, 2, 10, 20), meaning=OutputMeaning.CLASS_MAP)
    # The other photograph is the same turned round, so that something is decided.
    by_case = {"cat": {"map": reference}, "dog": {"map": reference[::-1]}}
    there = {"map": np.stack([outputs, reference[::-1]])}
    return compare_decisions(Comparison(CASES, by_case, (output,)), there)


@pytest.mark.parametrize(("share", "changed"), [(0.0, ()), (0.01, ()), (0.015, ("cat",))])
def test_a_map_is_another_one_where_more_than_a_hundredth_of_its_places_are(share, changed):
    decisions = compared_maps(share)
    assert decisions is not None
    assert decisions.changed == changed


def test_what_decides_nothing_has_no_decisions():
    depth = Output(name="depth", shape=(1, 2, 2), meaning=OutputMeaning.VALUE_MAP)
    by_case = {case.name: {"depth": np.zeros((2, 2))} for case in CASES}
    comparison = Comparison(CASES, by_case, (depth,))
    assert compare_decisions(comparison, {"depth": np.ones((2, 2, 2))}) is None


@pytest.mark.parametrize(
    ("low", "high", "explained"),
    [
        (-1.0, 1.0, True),
        (-1.0, 1.39, True),
        (-1.0, 1.41, False),
        (-1.41, 1.0, False),
        (-0.13, 0.13, True),
        (-0.12, 0.12, False),
        (0.0, 0.0, True),
    ],
)
def test_a_range_that_pictures_leave_or_hardly_use_is_named(low, high, explained):
    held = {"value": Range(-1.0, 1.0, 2 / 255)}
    assert (unexplained_ranges(held, {"value": (low, high)}) == []) is explained


def test_the_fixed_range_of_a_sigmoid_may_be_hardly_used():
    held = {"gate": Range(0.0, 255 / 256, 1 / 256)}
    assert unexplained_ranges(held, {"gate": (0.49, 0.51)}) == []


@dataclass
class Rounded:
    """A network that gives a picture's first three numbers, held from 0 to 1."""

    constants: dict[str, Stored] = field(default_factory=lambda: {"one": Stored(ONE, exactly)})
    ranges: dict[str, Range] = field(default_factory=lambda: {"x": Range(0.0, 1.0, 1 / 255)})

    def run(self, pixels, constants=None):
        return {"logits": pixels.reshape(len(pixels), -1)[:, :3].astype(np.float64)}

    def run_rounded(self, pixels):
        return self.run(pixels)

    def observe(self, pixels):
        return {"x": (float(pixels.min()), float(pixels.max()))}


ONE = np.ones(1, np.float32)


@pytest.mark.parametrize(
    ("brightest", "words"), [(None, ()), (1, ()), (5, ("'x' from 0 to 1, and on the calibration",))]
)
def test_ranges_are_held_against_the_calibration_pictures_if_there_are_any(
    brightest, words, make_report
):
    calibration = None if brightest is None else np.full((1, 2, 2, 3), brightest, np.uint8)
    if calibration is not None:
        calibration[0, 0] = 0
    pixels = np.random.default_rng(0).random((2, 2, 2, 3)).astype(np.float32)
    graph = Rounded()
    judged = FewerBits(graph, graph, make_report(), pixels, graph.run(pixels), calibration)
    failures = judged.meaning().failures
    assert len(failures) == len(words)
    assert all(word in failure for word, failure in zip(words, failures, strict=True))
