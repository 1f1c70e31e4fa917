"""Which clusters are worked on, and which machines of them are refused."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irrvit.export.errors import BadOption
from irrvit.export.sweep import cluster

HERE = {"torch": "2.14.1", "irrvit-mobile": "0.1.0 (code 1234)"}


@pytest.mark.parametrize(
    "where", ["rayy", "ray:/head", "ray://", "ray://a b", "ray://h:65536", "ray://h:0", ""]
)
def test_what_names_no_cluster_is_refused(where):
    expected = pytest.raises(BadOption, match=r"expected ray, ray://HEAD or ray://HEAD:PORT")
    with expected, cluster.connected(where):
        pass


def test_machines_with_the_same_versions_may_work_for_us():
    cluster.require_same(HERE, {"one": HERE, "two": HERE | {"more": "1"}})


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (HERE | {"torch": "2.14.0"}, "two has torch 2.14.0 and this machine has 2.14.1"),
        ({"torch": "2.14.1"}, "two has irrvit-mobile missing and this machine has 0.1.0"),
        (HERE | {"irrvit-mobile": "0.1.0 (code 12)"}, r"\(code 12\) and this machine has 0.1.0"),
    ],
)
def test_a_machine_with_other_versions_is_refused_by_name(there, said):
    with pytest.raises(BadOption, match=said):
        cluster.require_same(HERE, {"one": HERE, "two": there})


def test_of_an_error_of_ray_its_cause_is_said():
    error = RuntimeError("\n  trace of the worker\n  more")
    assert cluster.first_line(error) == "RuntimeError: trace of the worker"
    error.cause = ValueError("the reason\nmore")  # pyright: ignore[reportAttributeAccessIssue]
    assert cluster.first_line(error) == "ValueError: the reason"


def test_without_ray_its_extra_is_named():
    code = (
        "import sys; sys.modules['ray'] = None\n"
        "from irrvit.export.cli import main\n"
        "sys.argv = ['irrvit-export', '--models', 'irrvit_*', '--on', 'ray']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'pip install "irrvit-mobile[ray]"' in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.needs("ray")
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only on Linux: it has /proc")
def test_a_cluster_of_ones_own_is_reached_from_this_machine_alone():
    """Every socket that its processes listen on is of the loopback interface."""
    done = subprocess.run(
        [sys.executable, "-c", _LISTENING], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    addresses = done.stdout.split()
    assert len(addresses) > 2
    # The first byte of an IPv4 address is the last of its hexadecimal number; of IPv6, ::1 or
    # 127.x in IPv4's clothes.
    assert {a for a in addresses if not _is_loopback(a)} == set()


def _is_loopback(address: str) -> bool:
    return address[-2:] == "7F" if len(address) == 8 else address[-8:] in ("01000000", "0100007F")


_LISTENING = """
import os
from pathlib import Path
from irrvit.export.sweep.cluster import connected

def listening():
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                yield fields[9], fields[1].partition(":")[0]

def ancestors(pid):
    while pid > 1:
        yield pid
        pid = int(Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[1])

with connected("ray") as ray:
    ours = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpid() in ancestors(int(folder.name)):  # Other clusters may run meanwhile.
                ours |= {str(file.readlink()) for file in (folder / "fd").iterdir()}
        except OSError:
            continue
    for inode, address in listening():
        if f"socket:[{inode}]" in ours:
            print(address)
"""


def starting_head(refusals: list[Exception]) -> Any:
    """As Ray's client finds a head that is still starting."""

    def init(where, **quiet):
        if refusals:
            raise refusals.pop(0)

    return SimpleNamespace(init=init, is_initialized=lambda: False)


STARTING = "Initialization failure from server:\nTraceback:\n  ...\nRuntimeError: no agent yet\n"


def test_a_head_that_is_still_starting_is_asked_again(monkeypatch):
    monkeypatch.setattr(cluster, "_PAUSE_S", 0)
    refusals: list[Exception] = [ConnectionAbortedError(STARTING)] * 3
    cluster._join(starting_head(refusals), "ray://head:1", {})
    assert not refusals


def test_a_head_that_never_starts_is_refused_with_its_own_reason(monkeypatch):
    monkeypatch.setattr(cluster, "_PAUSE_S", 0)
    head = starting_head([ConnectionAbortedError(STARTING)] * 99)
    monkeypatch.setattr(cluster, "_ray", lambda where: head)
    said = r"\(Initialization failure from server: RuntimeError: no agent yet\): start one"
    with pytest.raises(cluster.ClusterLost, match=said), cluster.connected("ray://head:1"):
        pass
