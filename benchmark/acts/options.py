"""What can be asked of `irrvit-bench`: a record of options for each act.

The command line is made of these: a field is an option, its annotation is typer's, and a record
within a record is a group of options that several acts share. Nothing that measures is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.worker.runtime import names as runtime_names
from irrvit.model.data.find import dataset_choices

STORE = Path("artifacts") / "measurements.jsonl"
DEFAULT_MODEL = "irrvit_60m"
# Nothing takes longer, and a clock refuses to wait for ever.
DAY_S = 86_400

OwnOptions = Mapping[str, object]
"""What was given of the options that only some kinds of device take: see `kinds.own_options`."""


def _files(help: str, *names: str) -> Any:
    return typer.Option(*names, metavar="NAME", help=help, rich_help_panel="Files")


def _device(help: str, *names: str, metavar: str = "NAME") -> Any:
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel="Device")


def _pictures(metavar: str, help: str, *, least: int | None = None) -> Any:
    return typer.Option(metavar=metavar, help=help, min=least, rich_help_panel="Pictures")


def _timing(
    metavar: str, help: str, *names: str, least: float | None = None, most: float | None = None
) -> Any:
    return typer.Option(
        *names, metavar=metavar, help=help, min=least, max=most, rich_help_panel="Timing"
    )


def _result(metavar: str, help: str) -> Any:
    return typer.Option(metavar=metavar, help=help, rich_help_panel="Result")


# What several acts take, each in a place of its own.
Models = Annotated[tuple[str, ...], _files("A network; may repeat.", "--model")]
Suite = Annotated[str | None, _files("A set of networks: see 'irrvit-bench list'.")]
RuntimeNames = Annotated[
    tuple[str, ...],
    _files(f"{', '.join(runtime_names())}; may repeat.  [default: each file's own]", "--runtime"),
]
StartBelow = Annotated[
    float | None,
    _timing("CELSIUS", "Wait until it is cooler.  [default: as its kind says]", "--start-below"),
]
_NAMES_ONE = "A kind from 'irrvit-bench list', or a phone: model or serial."
Accelerator = Annotated[str, _device("cpu; gpu, npu or all where a device has them.")]
Store = Annotated[Path, _result("FILE", "Where every measurement is appended.")]
Compare = Annotated[
    Path | None, _result("FILE", "A store or a result of --json to be held against.")
]
FailAbove = Annotated[str, _result("PERCENT", "With --compare: how much slower is too slow.")]
Report = Annotated[Path | None, _result("FILE.html", "Write a page with pictures too.")]


@dataclass(frozen=True)
class FileOptions:
    """Which files are run, and by which runtimes."""

    artifacts: Annotated[
        tuple[Path, ...],
        typer.Argument(metavar="FILE", help="Folders or files that irrvit-export wrote."),
    ] = ()
    models: Annotated[
        tuple[str, ...],
        _files(f"A network, exported if need be; may repeat.  [{DEFAULT_MODEL}]", "--model"),
    ] = ()
    suite: Suite = None
    runtimes: RuntimeNames = ()


@dataclass(frozen=True)
class DevicesOptions:
    """Where they are run, which may be several devices of a lab."""

    devices: Annotated[
        tuple[str, ...],
        _device(f"{_NAMES_ONE} May repeat with --lab.  [default: host]", "--device"),
    ] = ()
    accelerator: Accelerator = "cpu"
    lab: Annotated[
        str | None, _device("On devices of other machines: see docs/lab.md.", metavar="HEAD")
    ] = None
    own: OwnOptions = field(default_factory=dict)

    @property
    def one(self) -> DeviceOptions:
        """The only one, where there is no lab.

        Raises:
            BadOptions: several were named.
        """
        if len(self.devices) > 1:
            raise BadOptions(
                f"--device got {' and '.join(self.devices)}: several are measured with --lab HEAD "
                "(irrvit-bench lab), or one after the other"
            )
        return DeviceOptions(*self.devices, accelerator=self.accelerator, own=self.own)


@dataclass(frozen=True)
class DeviceOptions:
    """Where they are run."""

    device: Annotated[str, _device(_NAMES_ONE)] = "host"
    accelerator: Accelerator = "cpu"
    own: OwnOptions = field(default_factory=dict)

    @property
    def alone(self) -> DevicesOptions:
        """The same where several could be named."""
        return DevicesOptions((self.device,), self.accelerator, own=self.own)


@dataclass(frozen=True)
class CallOptions:
    """How a file is called."""

    threads: Annotated[int, _timing("N", "Threads of the runtime.", least=1)] = 1
    timeout_s: Annotated[
        float,
        _timing("SECONDS", "Until it counts as hung.", "--timeout", least=0.1, most=DAY_S),
    ] = 120


@dataclass(frozen=True)
class RepeatOptions:
    """How often it is called."""

    iterations: Annotated[
        int, _timing("N", "Timed calls of a repeat, at least; and at least 1 s.", least=1)
    ] = 50
    repeats: Annotated[int, _timing("N", "Whole runs, in new processes.", least=1)] = 8


@dataclass(frozen=True)
class MeasureOptions:
    """Options of `irrvit-bench measure`."""

    files: FileOptions = FileOptions()
    device: DevicesOptions = field(default_factory=DevicesOptions)
    calls: CallOptions = CallOptions()
    repeats: RepeatOptions = RepeatOptions()
    start_below_c: StartBelow = None
    sustained: Annotated[
        str | None, _timing("TIME", "Call each file for long, such as 10m, to see it slow down.")
    ] = None
    store: Store = STORE
    compare: Compare = None
    fail_above: FailAbove = "5%"
    report: Report = None


@dataclass(frozen=True)
class ProfileOptions:
    """Options of `irrvit-bench profile`."""

    files: FileOptions = FileOptions()
    device: DeviceOptions = field(default_factory=DeviceOptions)
    calls: CallOptions = CallOptions()
    repeats: RepeatOptions = RepeatOptions()
    start_below_c: StartBelow = None
    picture: Annotated[Path | None, _result("FILE.svg", "Draw where the time goes too.")] = None
    report: Annotated[
        Path | None, _result("FILE.html", "Measure the files too, and write a page of both.")
    ] = None
    store: Annotated[Path, _result("FILE", "Where --report appends what it measures.")] = STORE


@dataclass(frozen=True)
class AccuracyOptions:
    """Options of `irrvit-bench accuracy`."""

    data: Annotated[str, _pictures("DATA", f"{dataset_choices()}.")]
    limit: Annotated[int, _pictures("N", "Of how many of them.", least=1)] = 1000
    data_root: Annotated[
        Path | None, _pictures("DIR", "Where the files of a named data set are.")
    ] = None
    files: FileOptions = FileOptions()
    device: DeviceOptions = field(default_factory=DeviceOptions)
    calls: CallOptions = CallOptions()


@dataclass(frozen=True)
class CrosscheckOptions:
    """Options of `irrvit-bench crosscheck`."""

    files: FileOptions = FileOptions()
    calls: CallOptions = CallOptions()
    repeats: RepeatOptions = RepeatOptions()


@dataclass(frozen=True)
class ShowOptions:
    """Options of `irrvit-bench show`."""

    store: Annotated[
        Path, typer.Argument(metavar="STORE", help="A store, or a result of --json.")
    ] = STORE
    models: Models = ()
    suite: Suite = None
    runtimes: RuntimeNames = ()
    compare: Compare = None
    fail_above: FailAbove = "5%"
    report: Report = None


@dataclass(frozen=True)
class SetupOptions:
    """Options of `irrvit-bench setup`."""

    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind of device.")]


@dataclass(frozen=True)
class NoOptions:
    """Options of an act that has none of its own."""
