"""Which unit computed, how warm it was, and whether it was saving power: said beside the number."""

import pytest

from irrvit.benchmark.measurement import Placement
from irrvit.benchmark.results import validity


def codes(measurement):
    return [(issue.code, issue.blocking) for issue in validity.check(measurement)]


@pytest.mark.parametrize(
    ("asked", "nodes", "detail"),
    [
        ("npu", {"npu": 9}, None),
        ("npu", {"npu": 8, "cpu": 1}, "of 9 operations 1 on the cpu, in 3 partitions"),
        ("gpu", {"gpu": 7, "cpu": 1, "npu": 1}, "of 9 operations 1 on the cpu and 1 on the npu, "
         "in 3 partitions"),
        ("all", {"npu": 5, "cpu": 4}, None),
        ("cpu", {"cpu": 9}, None),
    ],
)  # fmt: skip
def test_operations_on_another_unit_than_was_asked_for_are_said(measurement, asked, nodes, detail):
    config = measurement.config.model_copy(update={"accelerator": asked})
    placement = Placement(
        accelerator=asked, nodes_total=9, nodes_delegated=0, partitions=3, nodes_on=nodes
    )
    found = validity.check(
        measurement.model_copy(update={"config": config, "placement": placement})
    )
    assert [(i.code, i.detail, i.blocking) for i in found] == (
        [("partly-delegated", detail, False)] if detail else []
    )


@pytest.mark.parametrize("when", ["before", "during", "after"])
@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({"thermal_status": "none", "is_low_power": False}, []),
        ({"thermal_status": "fair"}, [("warm", False)]),
        ({"thermal_status": "light"}, [("throttled", True)]),
        ({"is_low_power": True}, [("low-power", False)]),
    ],
)
def test_heat_and_low_power_are_said_whenever_they_were_seen(measurement, when, state, found):
    seen = measurement.before.model_copy(update=state)
    told = {when: (seen,) if when == "during" else seen}
    assert codes(measurement.model_copy(update=told)) == found
