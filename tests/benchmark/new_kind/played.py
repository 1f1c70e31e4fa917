"""A kind of device that only tests have: one file, and a worker that computes nothing.

It has what a new kind may have: devices that are found, options of its own, an accelerator, a limit
of heat and something to set up.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from irrvit.benchmark.device import READY, Device, SeenDevice
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.worker.client import LocalProcess

WORKER = Path(__file__).with_name("_played_worker.py")


@dataclass(frozen=True)
class Options:
    """What only a played device takes."""

    answers: Annotated[Path | None, typer.Option(metavar="FILE", help="What it answers.")] = None


def attached() -> list[SeenDevice]:
    return [SeenDevice("played", "a played device", READY, "a pencil", "paper", "none")]


def setup(progress) -> str:
    progress("sharpening", 0.5)
    return "the pencil is sharp"


def find(name: str, options: Options, notify) -> Device:
    return PlayedDevice(options)


class PlayedDevice:
    ACCELERATORS = ("cpu", "eraser")
    START_BELOW_C = 30.0

    def __init__(self, options: Options):
        self.options = options
        self.RUNTIMES = {"onnx": ("pencil",)}

    def describe(self) -> DeviceInfo:
        return DeviceInfo(
            kind="played",
            name="a played device",
            soc="a pencil",
            os="paper",
            ram_bytes=1,
            abi="none",
            cores=1,
            emulated=False,
            id_hash="00" * 8,
        )

    def state(self) -> DeviceState:
        return DeviceState(load=0.0, temperature_c=20.0, at_utc="2026-01-01T00:00:00+00:00")

    def open(self, path: str, config: RunConfig) -> LocalProcess:
        answers = [str(self.options.answers)] if self.options.answers else []
        command = [sys.executable, str(WORKER), *answers]
        return LocalProcess(command, path, config)
