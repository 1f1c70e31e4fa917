"""What a kind of device has to offer, and which kinds there are.

A module `benchmark/devices/<kind>.py` is a kind: nothing is registered, and nothing is imported
until it is asked for. It has the names of `Device`, or those of `Finder` if there may be several.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

import numpy as np

from irrvit.benchmark.errors import BadOptions, BenchmarkError, DeviceNotFound, RuntimeUnavailable
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, Placement, RunConfig
from irrvit.model.progress import Notify

READY = "ready"
_FOLDER = Path(__file__).with_name("devices")


@dataclass(frozen=True)
class LoadInfo:
    """What the device said when a file was loaded."""

    load_ms: float
    runtime_version: str
    placement: Placement
    idle_memory_bytes: int | None


@dataclass(frozen=True)
class TimedBlock:
    """A block of calls, one straight after the other.

    Attributes:
        background_ms: core time that others took meanwhile, None if the device does not say.
        calls_per_value: of how many calls each latency is the mean.
    """

    latencies_ms: tuple[float, ...]
    own_cpu_ms: float | None
    wall_ms: float
    background_ms: float | None
    calls_per_value: int = 1


class Process(Protocol):
    """A process on the device that holds one file. Its methods raise CommandFailed."""

    load_info: LoadInfo

    def set_input(self, pixels: np.ndarray) -> None:
        """Give it the pixels (1, H, W, 3), or what else its file eats, for all following calls."""
        ...

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
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
    # ACCELERATORS: tuple[str, ...] is there too where the CPU is not all that can be asked for,
    # and START_BELOW_C: float where it has to be cool at the start.

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


def _silent(name: str, stage: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Options:
    """What only some kinds of device take.

    Attributes:
        benchmark_binary: a tool that runs files there, instead of the app.
        apk: the app, where it is not the one that was built here.
        clean: remove what earlier runs left there first.
        notify: is told what takes long, by file and stage.
    """

    benchmark_binary: Path | None = None
    apk: Path | None = None
    clean: bool = False
    notify: Notify = field(default=_silent, compare=False)


@dataclass(frozen=True)
class Seen:
    """A device that is there; `state` is `ready`, or what keeps it from being used."""

    kind: str
    name: str
    state: str
    soc: str = ""
    os: str = ""
    abi: str = ""

    @property
    def is_ready(self) -> bool:
        return self.state == READY


class Finder(Protocol):
    """A module of `benchmark/devices/` whose devices come and go; beside it, `RUNTIMES`."""

    def find(self, name: str, options: Options) -> Device:
        """The one device that a name fits; any, if the name is that of the kind.

        Raises:
            DeviceNotFound: none fits; the message says what there is, and what to do.
            BadOptions: several do; the message lists them.
        """
        ...

    def attached(self) -> list[Seen]:
        """All that are there; raises DeviceNotFound if that cannot be told."""
        ...


def accelerators(device: Device) -> tuple[str, ...]:
    """Those that can be asked for; which one a file really got says its placement."""
    return getattr(device, "ACCELERATORS", ("cpu",))


def start_below_c(device: Device) -> float | None:
    """How cool it has to be at the start, unless something else is asked for."""
    return getattr(device, "START_BELOW_C", None)


def kinds() -> list[str]:
    """The kinds that are installed, by file name; imports none of them."""
    return sorted(p.stem for p in _FOLDER.glob("*.py") if not p.stem.startswith("_"))


def load(kind: str) -> ModuleType:
    """The module of a kind: a Device, or a Finder."""
    return importlib.import_module(f"irrvit.benchmark.devices.{kind}")


def find(name: str, options: Options = Options()) -> Device:
    """A device by the name of its kind; another name is offered to the kinds that can search.

    Raises:
        DeviceNotFound: nothing has this name; the message says what there is.
        BadOptions: several have it, or the device does not take these options.
    """
    if name in kinds():
        module = load(name)
        if hasattr(module, "find"):
            return cast(Finder, module).find(name, options)
        if options != Options():
            raise BadOptions(
                f"--benchmark-binary, --apk and --clean are for phones, and {name} is none: "
                "leave them out, or name a phone with --device"
            )
        return cast(Device, module)
    reasons = []
    for module in map(load, kinds()):
        if hasattr(module, "find"):
            try:
                return cast(Finder, module).find(name, options)
            except (DeviceNotFound, RuntimeUnavailable) as error:
                reasons.append(str(error))
    near = get_close_matches(name, kinds(), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise DeviceNotFound(
        "; ".join([f"no kind of device is called '{name}' ({', '.join(kinds())}){hint}", *reasons])
    )


def seen() -> list[Seen]:
    """Every device of every kind that is there now."""
    found = []
    for kind in kinds():
        module = load(kind)
        try:
            if hasattr(module, "attached"):
                found += cast(Finder, module).attached()
            else:
                info = cast(Device, module).describe()
                found.append(Seen(kind, info.name, READY, info.soc, info.os, info.abi))
        except BenchmarkError as error:
            found.append(Seen(kind, "-", str(error)))
    return found
