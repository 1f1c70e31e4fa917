"""Devices are listed with what keeps them from being used, in 80 columns."""

import io

from rich.console import Console

from irrvit.benchmark.acts import devices
from irrvit.benchmark.acts.devices import DevicesResult
from irrvit.benchmark.device import READY, SeenDevice

SEEN = [
    SeenDevice(
        "host", "a machine with a rather long name, 2 cores", READY, "x" * 30, "Linux", "x86_64"
    ),
    SeenDevice("arm64", "-", "there is no ARM64 tree"),
]


def test_what_is_not_ready_says_why_below_the_table():
    out = io.StringIO()
    Console(file=out, width=80).print(devices.to_table(DevicesResult(SEEN)))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "  arm64: there is no ARM64 tree"
    assert sum("not ready" in line for line in lines) == 1


def test_json_has_every_fact():
    rows = devices.to_json(DevicesResult(SEEN))["devices"]
    assert [row["kind"] for row in rows] == ["host", "arm64"]
    assert rows[1]["state"] == "there is no ARM64 tree"
