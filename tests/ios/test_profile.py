"""`irrvit-bench profile --device iphone`: Apple's estimate, by module of the network."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.needs("coremltools")


def test_the_estimate_is_summed_up_by_module_and_marked(command, fashion):
    words = ("profile", fashion, "--device", "iphone", "--accelerator", "npu", "--iterations", 5)
    code, out, errors = command(*words, "--json")
    assert code == 0, errors
    (profile,) = json.loads(out)["profiles"]
    rows = {row["module"]: row for row in profile["rows"]}
    assert profile["estimated_by"] == "Apple's MLComputePlan"
    assert profile["total_ms"] == pytest.approx(profile["p50_ms"])
    # All operations cost alike in the played plan: a module costs as many as it has.
    for row in rows.values():
        assert row["ms"] / profile["total_ms"] == pytest.approx(row["operations"] / 104)
        assert row["nodes_on"] == {"npu": row["operations"]}
    assert list(rows)[:3] == ["network", "stem.0", "stem.1"]
    assert (rows["blocks.0.attention"]["operations"], rows["other"]["operations"]) == (17, 3)


def test_people_are_told_whose_figure_it_is(command, fashion):
    code, out, errors = command("profile", fashion, "--device", "iphone 15", "--iterations", 5)
    assert code == 0, errors
    assert "estimated by Apple's MLComputePlan, not measured" in out
    assert "17 cpu" in out
    assert max(map(len, out.splitlines())) <= 80


def test_an_emulated_one_is_refused(command, app, fashion):
    app.says(emulated=True)
    code, _, errors = command("profile", fashion, "--device", "iphone")
    assert code == 2
    assert "iphone is emulated: where its time goes says nothing" in errors
