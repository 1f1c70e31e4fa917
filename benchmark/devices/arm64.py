"""An ARM64 processor that qemu emulates: the very kernels that phones run, and no word on speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irrvit.benchmark.device import SetupProgress

if TYPE_CHECKING:
    from irrvit.benchmark.arm64.emulated import EmulatedProcess
    from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}


def setup(progress: SetupProgress) -> str:
    """See `irrvit.benchmark.device.Installable`."""
    from irrvit.benchmark.arm64.setup import build_tree

    return f"the ARM64 tree is ready in {build_tree(progress)}"


def describe() -> DeviceInfo:
    """See `irrvit.benchmark.device.Device`."""
    from irrvit.benchmark.arm64 import emulated

    return emulated.describe()


def state() -> DeviceState:
    """See `irrvit.benchmark.device.Device`; it is as busy as the machine that emulates it."""
    from irrvit.benchmark import machine

    return machine.state()


def open(path: str, config: RunConfig) -> EmulatedProcess:
    """See `irrvit.benchmark.device.Device`."""
    from irrvit.benchmark.arm64.emulated import EmulatedProcess

    return EmulatedProcess(path, config)
