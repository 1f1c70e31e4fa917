"""What is given twice and taken once is refused, in all three commands."""

import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = {
    "irrvit-export": ["--out", "a", "--out", "b"],
    "irrvit-bench": ["--lab", "here", "--lab", "there"],
    "irrvit-train": ["--model", "irrvit_tiny", "--data", "d", "--seed", "1", "--seed", "1"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_of_one_value_that_is_given_twice_is_refused(command, tmp_path):
    words = [Path(sys.executable).with_name(command), *COMMANDS[command]]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert COMMANDS[command][-2] in done.stderr
    assert "given more than once" in " ".join(done.stderr.replace("│", " ").split())
    assert not list(tmp_path.iterdir())


def test_what_may_repeat_may_and_so_may_a_switch(tmp_path):
    words = [Path(sys.executable).with_name("irrvit-export"), "--force", "--force"]
    words += ["--target", "onnx", "--target", "onx"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'onx'" in done.stderr
    assert "more than once" not in done.stderr


def test_a_switch_and_its_opposite_are_refused(tmp_path):
    words = [Path(sys.executable).with_name("irrvit-export")]
    words += ["--require-delegated", "--allow-undelegated"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "given more than once" in " ".join(done.stderr.split())
