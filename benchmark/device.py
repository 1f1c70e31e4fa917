"""What a kind of device has to offer, and which kinds there are.

A module `benchmark/devices/<kind>.py` with the names of `Device` is a kind: nothing is registered,
and nothing is imported until it is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

import numpy as np

from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, Placement, RunConfig

_FOLDER = Path(__file__).with_name("devices")


@dataclass(frozen=True)
class Loaded:
    """What the device said when a file was loaded."""

    load_ms: float
    runtime_version: str
    placement: Placement
    idle_memory_bytes: int | None


@dataclass(frozen=True)
class Timed:
    """A block of calls, one straight after the other.

    Attributes:
        background_ms: core time that others took meanwhile, None if the device does not say.
    """

    latencies_ms: tuple[float, ...]
    own_cpu_ms: float
    wall_ms: float
    background_ms: float | None


class Process(Protocol):
    """A process on the device that holds one file. Its methods raise CommandFailed."""

    loaded: Loaded

    def set_input(self, pixels: np.ndarray) -> None:
        """Give it the pixels (1, H, W, 3), or what else its file eats, for all following calls."""
        ...

    def time(self, calls: int, *, untimed: int = 0) -> Timed:
        """Time calls; `untimed` ones go before them to bring its data back to the caches."""
        ...

    def logits(self) -> np.ndarray:
        """Call once and return the output, flat."""
        ...

    def peak_memory_bytes(self) -> int | None: ...

    def close(self) -> None:
        """End the process, whatever it is doing; never raises."""
        ...


class Device(Protocol):
    """A module of `benchmark/devices/`."""

    # Which runtime runs the files of an export target, the preferred one first.
    RUNTIMES: Mapping[str, tuple[str, ...]]

    def describe(self) -> DeviceInfo:
        """Raises DeviceNotFound if there is none to be had."""
        ...

    def state(self) -> DeviceState:
        """How busy others keep it now, how warm it is; takes a moment."""
        ...

    def open(self, path: str, config: RunConfig) -> Process:
        """Start a process there and load the file; `linear:N` stands for an N x N linear layer.

        Raises:
            CommandFailed: the file cannot be loaded, or loading it killed the process.
            RuntimeUnavailable: the runtime is not there.
        """
        ...


def kinds() -> list[str]:
    """The kinds that are installed, by file name; imports none of them."""
    return sorted(p.stem for p in _FOLDER.glob("*.py") if not p.stem.startswith("_"))


def find(name: str) -> Device:
    """Import one kind of device.

    Raises:
        DeviceNotFound: no such kind is installed; the message lists those that are.
    """
    if name not in kinds():
        near = get_close_matches(name, kinds(), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise DeviceNotFound(
            f"no device kind '{name}' is installed yet: installed are {', '.join(kinds())}{hint}"
        )
    return importlib.import_module(f"irrvit.benchmark.devices.{name}")  # pyright: ignore[reportReturnType]
