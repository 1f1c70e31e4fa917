"""An ARM64 processor that qemu emulates: the very kernels that phones run, and no word on speed."""

from __future__ import annotations

import platform
from pathlib import Path

from irrvit.benchmark import machine
from irrvit.benchmark.arm64 import tree as arm64_tree
from irrvit.benchmark.arm64.setup import Progress, build_tree
from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.worker.client import LocalProcess

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}
_SOC = "Cortex-A76 (emulated)"


def setup(progress: Progress) -> str:
    """Build what it takes, and say where that is; see `irrvit.benchmark.arm64.setup`."""
    return f"the ARM64 tree is ready in {build_tree(progress)}"


def describe() -> DeviceInfo:
    """See `irrvit.benchmark.device.Device`."""
    _require_tree()
    return DeviceInfo(
        kind="arm64",
        name=f"{_SOC}, {machine.cores()} cores",
        soc=_SOC,
        os=f"Debian {arm64_tree.SUITE} under qemu on {platform.system()} {platform.machine()}",
        ram_bytes=machine.ram_bytes(),
        abi="aarch64",
        cores=machine.cores(),
        emulated=True,
        id_hash=machine.id_hash(_SOC),
    )


def state() -> DeviceState:
    """See `irrvit.benchmark.device.Device`; it is as busy as the machine that emulates it."""
    return machine.state()


def open(path: str, config: RunConfig) -> LocalProcess:
    """See `irrvit.benchmark.device.Device`."""
    return EmulatedProcess(arm64_tree.worker_command(_require_tree()), path, config)


class EmulatedProcess(LocalProcess):
    """Its memory is the emulator's, which says nothing about the file's."""

    def peak_memory_bytes(self) -> None:
        return None


def _require_tree() -> Path:
    tree = arm64_tree.folder()
    if arm64_tree.qemu() is None or not arm64_tree.is_current(tree):
        raise DeviceNotFound(
            f"there is no ARM64 tree of the present packages in {tree}, or no qemu to run it: "
            "irrvit-bench --setup arm64"
        )
    return tree
