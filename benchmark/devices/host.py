"""This machine: each file in a process of its own, so that one that dies harms no other."""

from __future__ import annotations

import importlib.util
import sys

from irrvit.benchmark import machine
from irrvit.benchmark.errors import RuntimeUnavailable
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.worker.client import LocalProcess

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",), "torch": ("torch",)}
_PACKAGES = {
    "litert": ("ai_edge_litert", "tflite"),
    "onnxruntime": ("onnxruntime", "onnx"),
    "torch": ("torch", "all"),
}


def describe() -> DeviceInfo:
    """This machine; its name is its processor's."""
    return machine.describe("host")


def state() -> DeviceState:
    """See `irrvit.benchmark.device.Device`."""
    return machine.state()


def open(path: str, config: RunConfig) -> LocalProcess:
    """See `irrvit.benchmark.device.Device`."""
    package, extra = _PACKAGES[config.runtime]
    if importlib.util.find_spec(package) is None:
        raise RuntimeUnavailable(
            f"the package {package} is not installed, and {config.runtime} needs it: "
            f'pip install "irrvit-mobile[{extra}]"'
        )
    return LocalProcess(
        [sys.executable, "-P", "-m", "irrvit.benchmark.worker.process"], path, config
    )
