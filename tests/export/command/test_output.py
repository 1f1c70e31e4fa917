"""The result for people, in 80 columns, and for machines, in JSON that any parser takes."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from irrvit.export.artifact import Artifact
from irrvit.export.command import output
from irrvit.export.manifest import (
    Accuracy,
    Calibration,
    Delegation,
    ModuleLoss,
    Operations,
)

ACCURACY = Accuracy(
    data="clothes",
    data_sha256="0" * 64,
    pictures=10_000,
    right=9_310,
    low=0.9258,
    high=0.9358,
    reference_right=9_331,
    same_decisions=9_876,
)


@pytest.fixture
def made(make_manifest):
    """A function of fields: an artifact that was never written."""
    return lambda **changes: Artifact(Path("out/net.bin"), make_manifest(**changes))


def text(artifacts):
    console = Console(width=80, color_system=None)
    with console.capture() as captured:
        console.print(output.to_table("net", artifacts))
    return captured.get()


def test_json_has_a_row_for_each_file_with_all_that_is_known(made):
    opened = made(
        findings=("close to overflow",),
        explanation="stem.0 departs",
        failures=("fp16 overflow",),
        operations=Operations(before=9, after=7),
        losses=(ModuleLoss(module="stem", sqnr_db=20.0, keep_float=True),),
        calibration=Calibration(data="samples", pictures=6, sha256="1" * 64),
        delegation=Delegation(nodes=7, partitions=1, left_out=()),
        accuracy=(ACCURACY,),
    )
    whole = output.to_json("net", [opened], {})
    json.dumps(whole, allow_nan=False)
    assert whole["model"] == "net"
    assert "errors" not in whole
    (row,) = whole["artifacts"]
    manifest = opened.manifest
    assert (row["target"], row["precision"]) == (manifest.target, "fp32")
    assert (row["path"], row["sha256"]) == ("out/net.bin", manifest.sha256)
    assert (row["size_bytes"], row["macs"]) == (1, 1)
    assert row["operations"] == {"before": 9, "after": 7}
    assert row["findings"] == ["close to overflow"]
    assert row["failures"] == ["fp16 overflow"]
    assert row["explanation"] == "stem.0 departs"
    assert row["losses"] == [{"module": "stem", "sqnr_db": 20.0, "keep_float": True}]
    assert row["calibration"] == {"data": "samples", "pictures": 6, "sha256": "1" * 64}
    assert row["delegation"] == {"nodes": 7, "partitions": 1, "left_out": ()}
    assert row["accuracy"] == [ACCURACY.model_dump()]
    assert "other_runners" not in row


def test_json_says_of_parity_the_worst_of_each_figure_and_every_failure(
    made, make_report, make_diff
):
    report = make_report(
        make_diff(max_abs=0.25, max_rel=0.5, cosine=0.75, sqnr_db=6.0),
        make_diff("cosine 0.5 is below 0.9", case="cat", max_abs=0.5, max_rel=0.25, cosine=0.5,
                  sqnr_db=3.0, top1_agrees=False),
        failures=("case 'dog' has no output",),
    )  # fmt: skip
    (row,) = output.to_json("net", [made(parity=(report,))], {})["artifacts"]
    assert row["parity"] == {
        "passed": False,
        "runner": "test",
        "cases": 2,
        "max_abs": 0.5,
        "max_rel": 0.5,
        "spread_rel": None,
        "min_cosine": 0.5,
        "min_sqnr_db": 3.0,
        "top1_agreement": 0.5,
        "alike": None,
        "failures": ["case 'dog' has no output", "cat: cosine 0.5 is below 0.9"],
    }


def test_what_cannot_be_compared_is_null_in_json(made, make_report, make_diff):
    endless = make_diff(
        max_abs=float("inf"), max_rel=float("inf"), cosine=0.0, sqnr_db=float("-inf")
    )
    (row,) = output.to_json("net", [made(parity=(make_report(endless),))], {})["artifacts"]
    json.dumps(row, allow_nan=False)
    assert (row["parity"]["max_abs"], row["parity"]["max_rel"]) == (None, None)
    assert (row["parity"]["min_cosine"], row["parity"]["min_sqnr_db"]) == (0.0, None)


def test_nothing_compared_is_null_in_json(made, make_report):
    (row,) = output.to_json("net", [made(parity=(make_report(),))], {})["artifacts"]
    assert (row["parity"]["cases"], row["parity"]["top1_agreement"]) == (0, None)
    assert row["parity"]["max_rel"] is None


def test_other_runners_and_errors_are_named(made, make_report, make_diff):
    two = (make_report(make_diff()), make_report(make_diff(), runner="second"))
    whole = output.to_json("net", [made(parity=two)], {"other": "it died"})
    assert [r["runner"] for r in whole["artifacts"][0]["other_runners"]] == ["second"]
    assert whole["errors"] == [{"target": "other", "message": "it died"}]


def test_the_table_has_a_row_for_each_runner_in_80_columns(made, make_report, make_diff):
    two = (
        make_report(make_diff(max_rel=1.23e-6), runner="mil-reference"),
        make_report(make_diff(max_rel=0.1, spread_rel=0.25, top1_agrees=False), runner="second"),
    )
    opened = made(
        parity=two,
        size_bytes=12_340_000,
        macs=300_400_000,
        operations=Operations(before=9, after=7),
    )
    shown = text([opened])
    assert max(map(len, shown.splitlines())) <= 80
    first, second = (line for line in shown.splitlines() if "12.3" in line)
    for cell in ("fp32", "300", "9 → 7", "mil-reference", "1.2e-06", "100%", "same"):
        assert cell in first
    for cell in ("second", "2.5e-01", "0%", "same"):
        assert cell in second


def test_a_runner_that_differs_is_shown_with_what_is_wrong(made, make_report, make_diff):
    shown = text([made(parity=(make_report(make_diff("wrong"), runner="second"),))])
    row = next(line for line in shown.splitlines() if "second" in line)
    assert row.split()[-1] == "DIFFERS"
    assert "second: coffee: wrong" in shown


def test_at_most_three_failures_of_a_runner_are_shown(made, make_report, make_diff):
    report = make_report(*(make_diff("wrong", case=case) for case in "abcde"))
    shown = text([made(parity=(report,))])
    assert shown.count("wrong") == 3


def test_nothing_compared_is_a_dash(made, make_report):
    row = next(
        line for line in text([made(parity=(make_report(),))]).splitlines() if "fp32" in line
    )
    assert row.split()[-3:] == ["-", "-", "DIFFERS"]


def test_what_failed_otherwise_and_what_a_phone_may_trip_over_is_below(made):
    shown = text(
        [
            made(failures=("fp16 overflow in stem",), explanation="stem.0 departs"),
            made(findings=("close to overflow",)),
        ]
    )
    assert "fp16 overflow in stem" in shown
    assert "stem.0 departs" in shown
    assert "close to overflow" in shown


def test_a_finding_of_several_files_is_told_once(made):
    finding, target = ("close to overflow",), made().manifest.target
    several = [made(findings=finding, target=name) for name in (target, target, "other")]
    shown = text(several)
    assert shown.count("close to overflow") == 1
    assert f"{target}, other: close" in shown


def test_accuracy_stands_in_a_table_of_its_own_below(made):
    shown = text([made(accuracy=(ACCURACY,))])
    assert shown.index("10,000 pictures of clothes") > shown.index("verdict")


def losses(*keep):
    return tuple(
        ModuleLoss(module=f"m{i}", sqnr_db=float(i), keep_float=i in keep) for i in range(12)
    )


def test_the_ten_modules_that_lose_most_are_shown_with_what_to_type(made):
    shown = text([made(losses=losses(0, 2))])
    assert shown.count("alone in 8 bits") == 10
    assert "m0 alone in 8 bits: SQNR 0.0 dB" in shown
    assert "worth keeping in float: --keep-float m0 --keep-float m2" in " ".join(shown.split())


def test_where_no_module_is_worth_it_that_is_said(made):
    assert "nothing: no module makes a fifth of the noise" in text([made(losses=losses())])


def test_weights_are_told_in_a_line_that_is_cut(made):
    shown = text([made(weights="a checkpoint " * 20)])
    assert shown.splitlines()[0].startswith("net")
    assert shown.splitlines()[1].startswith("weights: a checkpoint")
    assert len(shown.splitlines()[1]) <= 80


@pytest.mark.parametrize(
    ("partitions", "left_out", "line"),
    [
        (1, (), None),
        (2, (), "net: its delegate computes it in 2 pieces"),
        (1, ("sum of 1x8",), "net: its delegate computes it in 1 piece; outside of it: sum (1)"),
        (
            3,
            ("norm of 1x8", "sum of 1x8", "norm of the head"),
            "net: its delegate computes it in 3 pieces; outside of it: norm (2), sum (1)",
        ),
        (0, tuple("abcd"), "outside of it: a (1), b (1), c (1), d (1)"),
        (0, tuple("abcde"), "outside of it: a (1), b (1), c (1), d (1), others"),
    ],
)
def test_the_table_says_into_how_many_pieces_a_delegate_cuts_a_file(
    made, partitions, left_out, line
):
    found = Delegation(nodes=9, partitions=partitions, left_out=left_out)
    shown = " ".join(text([made(target="net", delegation=found)]).split())
    assert shown.endswith(line) if line else "delegate" not in shown
