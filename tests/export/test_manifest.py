"""When a file has passed, is accurate and is delegated whole; and what a manifest is read from."""

import json

import pytest
from pydantic import ValidationError

from irrvit.export.manifest import Accuracy, Delegation, GoldenCase, Manifest
from irrvit.export.precision import Tolerance
from irrvit.export.reports import Decisions, Meaning, Rounding
from irrvit.model.outputs import classifier_outputs

TOLERANCE = Tolerance(max_rel=1e-4, min_cosine=0.99, min_sqnr_db=80, max_points_below=0.5)


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
    ("cases", "failures", "passed"),
    [
        ([[]], (), True),
        ([[], ["cosine 0 is below 1"]], (), False),
        ([["cosine 0 is below 1"], []], (), False),
        ([[]], ("case 'cat' has no output",), False),
        ([], (), False),
    ],
)
def test_a_report_has_passed_when_something_was_compared_and_nothing_failed(
    make_diff, make_report, cases, failures, passed
):
    assert make_report(*(make_diff(*f) for f in cases), failures=failures).passed is passed


@pytest.mark.parametrize(
    ("runners", "failures", "passed"),
    [
        ([[]], (), True),
        ([[], []], (), True),
        ([[], ["wrong"]], (), False),
        ([["wrong"], []], (), False),
        ([], (), False),
        ([[]], ("fp16 overflow",), False),
    ],
)
def test_a_file_has_passed_in_every_runner_and_without_other_failures(
    make_diff, make_report, make_manifest, runners, failures, passed
):
    reports = tuple(make_report(make_diff(*f)) for f in runners)
    assert make_manifest(parity=reports, failures=failures).passed is passed


def meaning(*failures):
    return Meaning(constants=9, max_rel=0.0, limit=1e-4, failures=failures)


def rounding(*failures):
    return Rounding(measured=0.0, explained=0.0, limit=1e-4, failures=failures)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"meaning": meaning(), "rounding": rounding()}, True),
        ({"meaning": meaning("alpha was lost"), "rounding": rounding()}, False),
        ({"meaning": meaning(), "rounding": rounding("more than rounding")}, False),
        ({"meaning": None, "rounding": None}, True),
    ],
)
def test_a_file_is_the_same_network_by_its_meaning_and_by_its_rounding(
    make_manifest, changes, same
):
    made = make_manifest(**changes)
    assert (made.is_same_network, made.passed) == (same, same)


def test_another_failure_is_none_of_the_network(make_manifest):
    made = make_manifest(failures=("left out of XNNPACK",))
    assert (made.is_same_network, made.passed) == (True, False)


@pytest.mark.parametrize(
    ("failures", "decisions", "verdict"),
    [
        ((), None, "same"),
        ((), Decisions(photographs=6), "same decisions"),
        ((), Decisions(photographs=6, close=("cat",)), "same decisions"),
        ((), Decisions(photographs=6, changed=("cat", "dog")), "2 of 6 changed"),
        (("cosine 0 is below 1",), Decisions(photographs=6), "DIFFERS"),
        (("the reference has no spread: nothing was compared",), None, "not compared"),
    ],
)
def test_the_verdict_says_what_is_true_and_no_more(
    make_diff, make_report, make_manifest, failures, decisions, verdict
):
    report = make_report(make_diff(*failures))
    assert make_manifest(parity=(report,), decisions=decisions).verdict == verdict


def test_all_failures_of_a_report_are_its_own_and_those_of_its_cases(make_diff, make_report):
    report = make_report(make_diff("a"), make_diff("b", case="cat"), failures=("c",))
    assert report.all_failures == ("c", "coffee: a", "cat: b")


def test_a_finding_is_no_failure(make_manifest):
    assert make_manifest(findings=("close to overflow",)).passed


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
def test_a_file_is_accurate_on_every_set_that_it_was_tried_on(make_manifest, rights, accurate):
    assert make_manifest(accuracy=tuple(map(accuracy, rights))).is_accurate is accurate


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


def test_a_manifest_survives_its_file(make_manifest):
    written = make_manifest(accuracy=(accuracy(950),), failures=("wrong",))
    assert Manifest.model_validate_json(written.model_dump_json()) == written


def test_infinite_errors_survive_the_file(make_diff, make_report, make_manifest):
    endless = make_diff("wrong", max_rel=float("inf"), sqnr_db=float("-inf"))
    written = make_manifest(parity=(make_report(endless),))
    assert Manifest.model_validate_json(written.model_dump_json()) == written


def test_one_that_was_written_before_later_fields_came_still_reads(make_manifest):
    old = json.loads(make_manifest().model_dump_json())
    first = ("accuracy", "calibration", "delegation", "losses", "failures")
    for later in (*first, "meaning", "rounding", "decisions", "task", "outputs"):
        del old[later]
    del old["parity"][0]["diffs"][0]["spread_rel"]
    read = Manifest.model_validate(old)
    assert (read.accuracy, read.calibration, read.delegation) == ((), None, None)
    assert (read.losses, read.failures) == ((), ())
    assert (read.meaning, read.rounding, read.decisions) == (None, None, None)
    assert (str(read.task), read.outputs) == ("classification", classifier_outputs(2))
    assert read.passed


def golden(top5, logits):
    return GoldenCase(picture="coffee.jpg", picture_sha256="0" * 64, top5=top5, logits=logits)


@pytest.mark.parametrize(("top5", "logits"), [((3, 0), (2.0,)), ((3,), ()), ((), (2.0,))])
def test_classes_without_their_logits_are_refused(top5, logits):
    with pytest.raises(ValidationError, match="one logit for each class"):
        golden(top5=top5, logits=logits)


@pytest.mark.parametrize("change", [{"schema_version": 2}, {"file": "../x"}, {"sha256": "1"}])
def test_another_schema_a_path_or_no_hash_is_refused(make_manifest, change):
    with pytest.raises(ValidationError):
        make_manifest(**change)


def test_a_manifest_that_is_made_is_not_changed(make_manifest):
    with pytest.raises(ValidationError):
        make_manifest().model = "other"
