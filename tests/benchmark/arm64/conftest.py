"""What it takes to emulate an ARM64 machine, and the tree that is emulated."""

import shutil
import sys

import pytest

from irrvit.benchmark.arm64 import setup as arm64_setup
from irrvit.benchmark.arm64 import tree as arm64_tree

pytestmark = pytest.mark.needs("ai_edge_litert", "onnxruntime", "onnx")
SIZE = 32


@pytest.fixture(scope="session")
def tools():
    """What builds a tree and runs it."""
    if sys.platform != "linux":
        pytest.skip("only on Linux")
    if arm64_tree.qemu() is None or shutil.which("debootstrap", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("qemu-user-static or debootstrap is not installed")


@pytest.fixture(scope="session")
def tree(tools):
    """The user's own tree, built here if it is not there."""
    return arm64_setup.build_tree(lambda stage, share: None)
