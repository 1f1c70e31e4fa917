"""When a file has passed, is accurate and is delegated whole; and what a manifest is read from."""

import json

import pytest
from pydantic import ValidationError

from irrvit.export import target
from irrvit.export.manifest import Accuracy, Delegation, FoldSummary, Manifest, Operations
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.reports import OutputDiff, ParityReport
from irrvit.model.spec import InputSpec

TOLERANCE = Tolerance(max_rel=1e-4, min_cosine=0.99, min_sqnr_db=80, max_points_below=0.5)


def diff(*failures):
    return OutputDiff(
        case="coffee",
        reference_range=1.0,
        max_abs=0.0,
        max_rel=0.0,
        mean_abs=0.0,
        cosine=1.0,
        sqnr_db=313.0,
        top1_agrees=True,
        top5_overlap=1.0,
        decided=True,
        nonfinite=0,
        failures=failures,
    )


def report(*diffs, failures=()):
    return ParityReport(
        artifact_sha256="0" * 64,
        reference="PyTorch fp32, unfolded",
        runner="test",
        tolerance=TOLERANCE,
        expected_cases=("coffee",),
        diffs=diffs,
        failures=failures,
        host="here",
    )


def manifest(**changes):
    facts = {
        "model": "net",
        "weights": "random (seed 0)",
        "target": target.names()[0],
        "precision": Precision.FP32,
        "file": "net.bin",
        "sha256": "0" * 64,
        "size_bytes": 1,
        "macs": 1,
        "parameters": 1,
        "input": InputSpec(height=8, width=8),
        "labels": ("a", "b"),
        "fold": FoldSummary(folded={}, max_rel=0.0),
        "operations": Operations(before=1, after=1),
        "compatibility": "any",
        "toolchain": {},
        "parity": (report(diff()),),
        "findings": (),
        "explanation": None,
        "golden": (),
        "cache_key": "",
        "created_utc": "2026-01-01T00:00:00+00:00",
    }
    return Manifest(**{**facts, **changes})


def accuracy(right, reference_right=950, pictures=1000):
    return Accuracy(
        data="clothes",
        data_sha256="0" * 64,
        pictures=pictures,
        right=right,
        low=0.0,
        high=1.0,
        reference_right=reference_right,
        same_decisions=right,
    )


@pytest.mark.parametrize(
    ("diffs", "failures", "passed"),
    [
        ((diff(),), (), True),
        ((diff(), diff("cosine 0 is below 1")), (), False),
        ((diff(),), ("case 'cat' has no output",), False),
        ((), (), False),
    ],
)
def test_a_report_has_passed_when_something_was_compared_and_nothing_failed(
    diffs, failures, passed
):
    assert report(*diffs, failures=failures).passed is passed


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({}, True),
        ({"parity": (report(diff()), report(diff()))}, True),
        ({"parity": (report(diff()), report(diff("wrong")))}, False),
        ({"parity": ()}, False),
        ({"failures": ("fp16 overflow",)}, False),
        ({"findings": ("close to overflow",)}, True),
    ],
)
def test_a_file_has_passed_in_every_runner_and_without_other_failures(changes, passed):
    assert manifest(**changes).passed is passed


@pytest.mark.parametrize(
    ("right", "within"),
    [(960, True), (950, True), (946, True), (945, True), (944, False)],
)
def test_a_file_may_lose_half_a_point_and_no_more(right, within):
    """Of 1000 pictures 5 are half a point."""
    assert accuracy(right).is_within(TOLERANCE) is within


@pytest.mark.parametrize(
    ("rights", "accurate"), [((), True), ((950,), True), ((950, 900), False), ((900, 950), False)]
)
def test_a_file_is_accurate_on_every_set_that_it_was_tried_on(rights, accurate):
    assert manifest(accuracy=tuple(map(accuracy, rights))).is_accurate is accurate


@pytest.mark.parametrize(
    ("partitions", "left_out", "whole"),
    [
        (1, (), True),
        (1, ("SOFTMAX of /blocks.0",), False),
        (2, (), False),
        (0, (), False),
        (0, ("CONV_2D of /stem.0",), False),
    ],
)
def test_one_partition_that_leaves_nothing_out_is_whole(partitions, left_out, whole):
    assert Delegation(nodes=9, partitions=partitions, left_out=left_out).is_whole is whole


def test_a_manifest_survives_its_file():
    written = manifest(accuracy=(accuracy(950),), failures=("wrong",))
    assert Manifest.model_validate_json(written.model_dump_json()) == written


def test_infinite_errors_survive_the_file():
    endless = diff().model_copy(update={"max_rel": float("inf"), "sqnr_db": float("-inf")})
    written = manifest(parity=(report(endless),))
    assert Manifest.model_validate_json(written.model_dump_json()) == written


def test_one_that_was_written_before_later_fields_came_still_reads():
    old = json.loads(manifest().model_dump_json())
    for later in ("accuracy", "calibration", "delegation", "losses", "failures"):
        del old[later]
    read = Manifest.model_validate(old)
    assert (read.accuracy, read.calibration, read.delegation) == ((), None, None)
    assert (read.losses, read.failures) == ((), ())


@pytest.mark.parametrize("change", [{"schema_version": 2}, {"file": "../x"}, {"sha256": "1"}])
def test_another_schema_a_path_or_no_hash_is_refused(change):
    with pytest.raises(ValidationError):
        manifest(**change)


def test_a_manifest_that_is_made_is_not_changed():
    with pytest.raises(ValidationError):
        manifest().model = "other"
