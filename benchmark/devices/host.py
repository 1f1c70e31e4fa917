"""This machine: each file in a process of its own, so that one that dies harms no other."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

from irrvit.benchmark.errors import RuntimeUnavailable

if TYPE_CHECKING:
    from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
    from irrvit.benchmark.worker.client import ProfiledLocalProcess

RUNTIMES = {
    "tflite": ("litert",),
    "onnx": ("onnxruntime",),
    "executorch": ("executorch",),
    "coreai": ("coreai",),
    "torch": ("torch",),
}


def describe() -> DeviceInfo:
    """This machine; its name is its processor's."""
    from irrvit.benchmark import machine

    return machine.describe("host")


def state() -> DeviceState:
    """See `irrvit.benchmark.device.Device`."""
    from irrvit.benchmark import machine

    return machine.state()


def require(name: str) -> None:
    """See `irrvit.benchmark.device.LacksRuntimes`."""
    from irrvit.benchmark.worker import runtime

    module = runtime.get(name)
    package = module.PACKAGE.partition(".")[0]
    if importlib.util.find_spec(package) is None:
        raise RuntimeUnavailable(
            f"the package {package} is not installed, and {name} needs it: "
            f'pip install "irrvit-mobile[{module.EXTRA}]"'
        )


def open(path: str, config: RunConfig) -> ProfiledLocalProcess:
    """See `irrvit.benchmark.device.Device`."""
    from irrvit.benchmark.worker.client import ProfiledLocalProcess

    require(config.runtime)
    return ProfiledLocalProcess(
        [sys.executable, "-P", "-m", "irrvit.benchmark.worker.process"], path, config
    )
