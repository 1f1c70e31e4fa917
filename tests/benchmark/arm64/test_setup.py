"""The tree is really built, and what is in the way is said."""

import os
import signal
import subprocess
import sys
import time

import pytest

from irrvit.benchmark.acts import setup
from irrvit.benchmark.acts.options import SetupOptions
from irrvit.benchmark.arm64 import setup as arm64_setup
from irrvit.benchmark.arm64 import tree as arm64_tree
from irrvit.benchmark.errors import SetupFailed

pytestmark = pytest.mark.needs("ai_edge_litert", "onnxruntime", "onnx")
SIZE = 32


def test_missing_tools_are_said_with_the_packages_that_have_them(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(arm64_setup, "_SBIN", "")
    with pytest.raises(SetupFailed, match="apt-get install qemu-user-static debootstrap"):
        setup.run(SetupOptions("arm64"), lambda name, stage: None)


def test_a_full_disk_is_said_before_anything_is_downloaded(tools, tmp_path, monkeypatch):
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path / "tree"))
    monkeypatch.setattr(arm64_setup, "_NEEDED_BYTES", 10**18)
    with pytest.raises(SetupFailed, match=r"MB left: make room"):
        arm64_setup.build_tree(lambda stage, share: None)


def test_without_a_network_nothing_is_left_that_is_taken_for_a_tree(tools, tmp_path, monkeypatch):
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path / "tree"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(SetupFailed, match=r"debootstrap said: E: .*run it again"):
        arm64_setup.build_tree(lambda stage, share: None)
    assert not (tmp_path / "tree").exists()


def test_a_setup_that_is_killed_leaves_nothing_that_is_taken_for_a_tree(tools, tmp_path):
    command = [sys.executable, "-m", "irrvit.benchmark.cli", "--setup", "arm64"]
    place = {arm64_tree.VARIABLE: str(tmp_path / "tree")}
    with subprocess.Popen(
        command, env={**os.environ, **place}, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        packages = tmp_path / "tree.unfinished" / "packages"
        while not packages.exists() and process.poll() is None:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    assert packages.exists()
    assert not arm64_tree.is_current(tmp_path / "tree")
