"""A process for every task: what it returns, says and prints comes back; a crash is a sentence."""

import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from irrvit.export import target
from irrvit.export.command import workers
from irrvit.export.command.workers import Failure
from irrvit.export.errors import UnsupportedOp

SLOWEST, *_, QUICKEST = sorted(target.names(), key=lambda n: -target.facts(n).export_seconds)


@dataclass(frozen=True)
class Trial:
    """Does what its name says."""

    name: str
    folder: Path
    target: str = QUICKEST

    @property
    def chatter(self):
        return self.folder / f"{self.name}.chatter"

    @property
    def log(self):
        return self.folder / f"{self.name}.log"

    def run(self, notify):
        notify(f"{self.name} begins")
        print(f"{self.name} talks", flush=True)
        os.write(2, b"and so does its library\n")
        return getattr(self, f"_{self.name}", lambda: 6 * 7)()

    def _unsupported(self):
        raise UnsupportedOp("the format lacks 'warp'")

    def _odd(self):
        raise ValueError("a converter's own words\nand pages of more")

    def _full(self):
        raise OSError(28, "No space left on device")

    def _killed(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def _ended(self):
        os._exit(3)


@pytest.fixture(autouse=True)
def _found_by_children(monkeypatch):
    """Tests are no package: a spawned process unpickles a task from the module that it names."""
    name = Path(__file__).stem
    monkeypatch.setitem(sys.modules, name, sys.modules[__name__])
    monkeypatch.setattr(Trial, "__module__", name)
    monkeypatch.syspath_prepend(Path(__file__).parent)  # A child gets the path of its parent.


def run(*tasks):
    stages = []
    outcomes = {
        task.name: outcome
        for task, outcome in workers.run(tasks, lambda *words: stages.append(words))
    }
    return outcomes, stages


def test_what_a_task_returns_and_says_comes_back_and_what_it_prints_is_in_its_file(tmp_path):
    outcomes, stages = run(Trial("answer", tmp_path))
    assert outcomes == {"answer": 42}
    assert stages == [("answer", "answer begins")]
    text = (tmp_path / "answer.chatter").read_text()
    assert text == "answer talks\nand so does its library\n"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("unsupported", "the format lacks 'warp'"),
        ("odd", "odd failed with ValueError: a converter's own words; its log: {log}"),
        ("full", "cannot write to {folder}: No space left on device"),
        ("killed", "its process died (SIGKILL: out of memory?); its log: {log}"),
        ("ended", "its process died (exit code 3); its log: {log}"),
    ],
)
def test_what_goes_wrong_is_a_sentence(tmp_path, name, sentence):
    task = Trial(name, tmp_path)
    outcomes, _ = run(task)
    failure = outcomes[name]
    assert isinstance(failure, Failure)
    expected = sentence.replace("{log}", str(task.log)).replace("{folder}", str(tmp_path))
    assert failure.message.startswith(expected)


def test_one_that_fails_does_not_keep_others_from_ending(tmp_path):
    outcomes, _ = run(Trial("killed", tmp_path), Trial("answer", tmp_path))
    assert isinstance(outcomes["killed"], Failure)
    assert outcomes["answer"] == 42


def test_the_slowest_format_is_started_first(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_cores", lambda: 1)
    quick, slow = Trial("answer", tmp_path), replace(Trial("other", tmp_path), target=SLOWEST)
    order = [task.name for task, _ in workers.run([quick, slow], lambda *_: None)]
    assert order == ["other", "answer"]


def test_what_a_failed_task_printed_is_kept_and_an_older_log_is_not(tmp_path):
    task = Trial("answer", tmp_path)
    task.log.write_text("of an earlier failure")
    task.chatter.write_text("printed")
    workers.settle(task, 42)
    assert not task.log.exists()
    workers.settle(task, Failure("it died"))
    assert task.log.read_text() == "printed"
    assert not task.chatter.exists()


def test_a_failure_without_a_word_leaves_no_log(tmp_path):
    workers.settle(Trial("answer", tmp_path), Failure("it never began"))
    assert list(tmp_path.iterdir()) == []
