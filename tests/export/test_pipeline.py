"""What a file is held against: all cases or photographs, by each runner that was asked for."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from irrvit.export import pipeline, target
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision
from irrvit.export.proof.cases import Case
from irrvit.export.target import KnowsDelegation, TracesValues

CASES = tuple(
    Case(name, np.full((2, 2, 3), i, np.uint8), is_photograph=name.islower())
    for i, name in enumerate(("cat", "dog", "NOISE"))
)
LOGITS = {case.name: np.array([3.0, 1.0, float(i)]) for i, case in enumerate(CASES)}


class PlayedRunner:
    """Answers as the reference does; notes which pictures it saw."""

    def __init__(self, name, error=0.0):
        self.name, self.error, self.seen = name, error, []

    def run(self, pixels):
        self.seen += [int(picture[0, 0, 0]) for picture in pixels]
        return np.stack([LOGITS[CASES[int(p[0, 0, 0])].name] for p in pixels]) + self.error


@pytest.fixture
def prepared():
    return SimpleNamespace(cases=CASES, reference=LOGITS, folded=None)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "net.bin").write_bytes(b"a file")
    return tmp_path / "net.bin"


def job(name, precision, **options):
    return ExportJob(model="net", target=name, precision=Precision(precision), **options)


def first(predicate):
    return next(
        (name, precision)
        for name in target.names()
        for precision in target.facts(name).precisions
        if predicate(target.facts(name), precision)
    )


@pytest.mark.parametrize(("calibrated", "seen"), [(False, [0, 1, 2]), (True, [0, 1])])
def test_a_calibrated_file_is_held_to_photographs_and_another_to_all_cases(
    monkeypatch, prepared, file, calibrated, seen
):
    runner = PlayedRunner("played")
    monkeypatch.setattr(target, "load", lambda name, path: runner)
    asked = job(*first(lambda facts, p: (p in facts.calibrated) is calibrated))
    (report,) = pipeline.check(asked, file, prepared)
    assert report.passed
    assert runner.seen == seen
    assert report.expected_cases == tuple(CASES[i].name for i in seen)
    assert report.tolerance == target.facts(asked.target).tolerances[asked.precision]


def test_every_runner_that_was_asked_for_has_a_report(monkeypatch, prepared, file):
    monkeypatch.setattr(target, "load", lambda name, path: PlayedRunner("own"))
    monkeypatch.setattr(pipeline.tensorflow, "load", lambda path: PlayedRunner("second", 5.0))
    asked = job(*first(lambda facts, _: facts.second_runners), tensorflow=True)
    own, second = pipeline.check(asked, file, prepared)
    assert (own.runner, own.passed) == ("own", True)
    assert (second.runner, second.passed) == ("second", False)
    assert own.artifact_sha256 == second.artifact_sha256
    (alone,) = pipeline.check(asked.model_copy(update={"tensorflow": False}), file, prepared)
    assert alone.runner == "own"


def test_a_file_that_cannot_be_looked_into_names_no_layer(monkeypatch, prepared):
    closed = SimpleNamespace(FACTS=target.facts(target.names()[0]))
    assert not isinstance(closed, TracesValues | KnowsDelegation)
    monkeypatch.setattr(target, "find", lambda name: closed)
    name, precision = target.names()[0], Precision.FP32
    sentence = pipeline.explain_failure(job(name, precision), Path("net.bin"), prepared)
    assert sentence == f"the values inside a file of {name} cannot be read: no layer can be named"


def test_a_prepared_network_is_the_folded_one_with_its_reference_on_every_case(prepared_tiny):
    source = prepared_tiny.source
    names = [case.name for case in prepared_tiny.cases]
    assert list(prepared_tiny.reference) == names
    assert {y.shape for y in prepared_tiny.reference.values()} == {(len(source.labels),)}
    assert prepared_tiny.fold.max_rel < 1e-9
    assert prepared_tiny.macs > 1e6
    assert prepared_tiny.folded is not source.network
