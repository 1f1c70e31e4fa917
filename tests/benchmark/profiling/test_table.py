"""A profile as people and machines see it."""

import io

from rich.console import Console

from irrvit.benchmark.profiling import table
from irrvit.benchmark.profiling.records import Profile, ProfileResult


def printed(result):
    out = io.StringIO()
    Console(file=out, width=80).print(table.to_table(result))
    return out.getvalue()


def test_the_table_has_every_module_and_holds_the_sum_against_the_p50(profile):
    lines = printed(ProfileResult([profile], {})).splitlines()
    assert all(len(line) <= 80 for line in lines)
    (branch,) = [line.split() for line in lines if "branch0" in line]
    assert branch[:4] == ["patch_embed.branch0", "12", "1.500", "30.0%"]
    assert any("5.000 ms in all: +25.0% from the p50 of 4.000 ms" in line for line in lines)
    assert "other: operators that no module" in "".join(lines)


def test_an_estimate_is_marked_as_one_and_says_where_operations_run(profile):
    rows = [row.model_copy(update={"nodes_on": {"cpu": 1, "npu": 11}}) for row in profile.rows]
    estimated = {"rows": tuple(rows), "estimated_by": "Apple's MLComputePlan"}
    text = printed(ProfileResult([profile.model_copy(update=estimated)], {}))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "estimated by Apple's MLComputePlan, not measured" in text
    assert "11 npu, 1 cpu" in text
    assert "the profilers count" not in text


def test_nothing_is_printed_of_nothing():
    assert printed(ProfileResult([], {"net.tflite": "is not there"})) == ""


def test_json_can_be_read_back(profile):
    (read,) = table.to_json(ProfileResult([profile], {}))["profiles"]
    assert Profile.model_validate(read) == profile
