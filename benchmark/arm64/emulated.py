"""The emulated processor, and a process on it."""

from __future__ import annotations

import platform
from pathlib import Path

from irrvit.benchmark import machine
from irrvit.benchmark.arm64 import tree
from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, RunConfig
from irrvit.benchmark.worker.client import LocalProcess

_SOC = "Cortex-A76 (emulated)"


def describe() -> DeviceInfo:
    """See `irrvit.benchmark.device.Device`."""
    _require_tree()
    return DeviceInfo(
        kind="arm64",
        name=f"{_SOC}, {machine.cores()} cores",
        soc=_SOC,
        os=f"Debian {tree.SUITE} under qemu on {platform.system()} {platform.machine()}",
        ram_bytes=machine.ram_bytes(),
        abi="aarch64",
        cores=machine.cores(),
        emulated=True,
        id_hash=machine.id_hash(_SOC),
    )


class EmulatedProcess(LocalProcess):
    """Its memory is the emulator's, which says nothing about the file's."""

    def __init__(self, path: str, config: RunConfig):
        super().__init__(tree.worker_command(_require_tree()), path, config)

    def peak_memory_bytes(self) -> None:
        return None


def _require_tree() -> Path:
    folder = tree.folder()
    if tree.qemu() is None or not tree.is_current(folder):
        raise DeviceNotFound(
            f"there is no ARM64 tree of the present packages in {folder}, or no qemu to run it: "
            "irrvit-bench setup arm64"
        )
    return folder
