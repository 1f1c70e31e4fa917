"""What a kind of device has to offer: what every one has, and what only some have.

A module `benchmark/devices/<kind>.py` is a kind, with the names of `Device`, or of `Finder` if
there may be several. What only some have is a protocol: who has its names has what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from irrvit.model.progress import Notify

if TYPE_CHECKING:
    import numpy as np

    from irrvit.benchmark.measurement import DeviceInfo, DeviceState, Placement, RunConfig

READY = "ready"

SetupProgress = Callable[[str, float], None]
"""Called with what a set-up does now, and the share of the whole that is done."""


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
        """Call once and return all outputs, flat, in the order of their names."""
        ...

    def peak_memory_bytes(self) -> int | None: ...

    def close(self) -> None:
        """End the process, whatever it is doing; never raises."""
        ...


@runtime_checkable
class ProfilingProcess(Process, Protocol):
    """A process that can also run its file under the runtime's own profiler."""

    def profile(self, calls: int) -> list[dict[str, Any]]:
        """What the profiler noted of these calls, as the runtime of the file has it."""
        ...


@runtime_checkable
class EstimatingProcess(Process, Protocol):
    """A process whose runtime says what it expects operations to cost, and measures none."""

    ESTIMATED_BY: str

    def estimate(self) -> list[dict[str, Any]]:
        """What it says of each operation, as the runtime of the file has it."""
        ...


class Device(Protocol):
    """A module of `benchmark/devices/`, or what the `find` of one returns."""

    @property
    def RUNTIMES(self) -> Mapping[str, tuple[str, ...]]:  # noqa: N802
        """Which runtime runs the files of an export target, the preferred one first."""
        ...

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


# What only some devices have.


@runtime_checkable
class Accelerated(Protocol):
    """A device where the CPU is not all that can be asked for."""

    ACCELERATORS: tuple[str, ...]


@runtime_checkable
class HeatLimited(Protocol):
    """A device that has to be cool at the start, unless something else is asked for."""

    START_BELOW_C: float


@runtime_checkable
class SharesProcess(Protocol):
    """A device where all repeats may run in one process: an app that nobody can start anew."""

    REPEATS_SHARE_PROCESS: bool


class Meter(Protocol):
    """What reads a device's power."""

    source: str

    def energy_mj(self, act: Callable[[], object]) -> float:
        """What the device uses while it does something."""
        ...


@runtime_checkable
class Metered(Protocol):
    """A device that may have a meter."""

    def meter(self) -> Meter:
        """Raises RuntimeUnavailable, with the reason, if it has none now."""
        ...


@runtime_checkable
class LacksRuntimes(Protocol):
    """A device whose runtimes are packages that may not be installed."""

    def require(self, runtime: str) -> None:
        """Raises RuntimeUnavailable, with what to install, if it is not there."""
        ...


# What only some kinds have.


@runtime_checkable
class HidesHeat(Protocol):
    """A kind of which no device says how warm it is."""

    HIDES_HEAT: bool


@runtime_checkable
class Installable(Protocol):
    """A kind that needs something built or installed before it can be used."""

    def setup(self, progress: SetupProgress) -> str:
        """Build it unless it is there; say where it is. Raises SetupFailed, with what to do."""
        ...


@dataclass(frozen=True)
class SeenDevice:
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


@runtime_checkable
class Finder(Protocol):
    """A kind whose devices come and go, and may be several.

    Attributes:
        Options: a dataclass of the command's options that are this kind's own, all with defaults;
            its fields are annotated as parameters of typer are.
    """

    Options: type

    def find(self, name: str, options: Any, notify: Notify) -> Device:
        """The one device that a name fits; any, if the name is that of the kind.

        Args:
            options: an `Options` of this kind.
            notify: is told what takes long, by file and stage.

        Raises:
            DeviceNotFound: none fits; the message says what there is, and what to do.
            BadOptions: several do; the message lists them.
        """
        ...

    def attached(self) -> list[SeenDevice]:
        """All that are there; raises DeviceNotFound if that cannot be told."""
        ...


def accelerators(device: Device) -> tuple[str, ...]:
    """Those that can be asked for; which one a file really got says its placement."""
    return device.ACCELERATORS if isinstance(device, Accelerated) else ("cpu",)


def repeats_share_process(device: Device) -> bool:
    """Whether new repeats are no new processes there."""
    return isinstance(device, SharesProcess) and device.REPEATS_SHARE_PROCESS


def start_below_c(device: Device) -> float | None:
    """How cool it has to be at the start, unless something else is asked for."""
    return device.START_BELOW_C if isinstance(device, HeatLimited) else None
