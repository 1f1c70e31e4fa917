"""What all tasks need is made once and handed on; what dies is a sentence for those who need it."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from irrvit.export import target
from irrvit.export.command import together
from irrvit.export.command.workers import Failure
from irrvit.export.errors import UnsupportedOp

pytestmark = pytest.mark.skipif(not together.CAN_FORK, reason="each task begins by itself here")
FORMAT = target.names()[0]
ALONE = 7


@dataclass(frozen=True)
class Trial:
    """Prints into files of its name."""

    name: str
    folder: Path
    target: str = FORMAT

    @property
    def chatter(self):
        return self.folder / f"{self.name}.chatter"

    @property
    def log(self):
        return self.folder / f"{self.name}.log"


class Beginning(Trial):
    """Makes something that cannot be pickled, or does what its name says."""

    def run(self, notify):
        notify("begins")
        with (self.folder / "begun").open("a") as file:
            file.write("once\n")
        if self.name == "refused":
            raise UnsupportedOp("the format lacks 'warp'")
        if self.name == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        return lambda: 6 * 7


@dataclass(frozen=True)
class Follower(Trial):
    """Goes on from that, or does what its name says."""

    made: Callable[[], int] | None = None

    def given(self, made):
        return replace(self, made=made)

    def run(self, notify):
        notify("follows")
        if self.name == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.name == "sleeps":
            (self.folder / "pid").write_text(str(os.getpid()))
            time.sleep(60)
        return self.made() if self.made else ALONE


@pytest.fixture(autouse=True)
def _found_by_children(monkeypatch):
    """Tests are no package: a spawned process unpickles a task from the module that it names."""
    name = Path(__file__).stem
    monkeypatch.setitem(sys.modules, name, sys.modules[__name__])
    for kind in (Beginning, Follower):
        monkeypatch.setattr(kind, "__module__", name)
    monkeypatch.syspath_prepend(Path(__file__).parent)  # A child gets the path of its parent.


def run(folder, *names, beginning="begins"):
    stages = []
    tasks = [Follower(name, folder) for name in names]
    found = together.run(Beginning(beginning, folder), tasks, lambda *words: stages.append(words))
    return {task.name: outcome for task, outcome in found}, stages


def test_what_is_made_once_reaches_every_task_though_it_cannot_be_pickled(tmp_path):
    outcomes, stages = run(tmp_path, "one", "two", "three")
    assert outcomes == {"one": 42, "two": 42, "three": 42}
    assert (tmp_path / "begun").read_text() == "once\n"
    assert stages[:3] == [("one", "begins"), ("two", "begins"), ("three", "begins")]
    assert sorted(stages[3:]) == [("one", "follows"), ("three", "follows"), ("two", "follows")]


def test_a_single_task_begins_by_itself(tmp_path):
    assert run(tmp_path, "one")[0] == {"one": ALONE}
    assert not (tmp_path / "begun").exists()


def test_so_does_each_where_processes_cannot_be_forked(tmp_path, monkeypatch):
    monkeypatch.setattr(together, "CAN_FORK", False)
    assert run(tmp_path, "one", "two")[0] == {"one": ALONE, "two": ALONE}


@pytest.mark.parametrize(
    ("beginning", "sentence"),
    [
        ("refused", "the format lacks 'warp'"),
        ("killed", "its process died (SIGKILL: out of memory?); its log: "),
    ],
)
def test_a_beginning_that_fails_is_a_sentence_for_every_task(tmp_path, beginning, sentence):
    outcomes, _ = run(tmp_path, "one", "two", beginning=beginning)
    assert set(outcomes) == {"one", "two"}
    for failure in outcomes.values():
        assert isinstance(failure, Failure)
        assert failure.message.startswith(sentence)
        assert failure.message.endswith(str(tmp_path / f"{beginning}.log"))
    assert (tmp_path / f"{beginning}.log").exists()


def test_a_task_that_dies_takes_no_other_with_it(tmp_path):
    outcomes, _ = run(tmp_path, "dies", "one")
    assert isinstance(outcomes["dies"], Failure)
    assert str(tmp_path / "dies.log") in outcomes["dies"].message
    assert outcomes["one"] == 42


def test_whoever_stops_listening_ends_them_all(tmp_path):
    tasks = [Follower("sleeps", tmp_path), Follower("one", tmp_path)]
    found = together.run(Beginning("begins", tmp_path), tasks, lambda *_: None)
    assert next(found)[0].name == "one"
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    found.close()
    sleeper = int((tmp_path / "pid").read_text())
    while _is_alive(sleeper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(sleeper)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
