"""What a target's file says about its format: data, read where its packages are missing too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from irrvit.export.precision import Precision, Tolerance


class Platform(StrEnum):
    """Where the demo app is at home that can read a format."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


@dataclass(frozen=True)
class Facts:
    """What a target's file says about its format.

    Attributes:
        suffix: of the written file, or folder.
        description: what the file is, in a few words.
        platforms: where such files run.
        phones: which phones, or browsers, read them and by what; for people.
        runner: what runs them on this machine, as `Runner.name` says it.
        written_by, run_by: packages by the names that they are imported by; the extra called as
            the target brings them.
        tolerances: one for each precision in which the format can be written.
        calibrated: precisions for which pictures decide what is written.
        fp16_arithmetic: precisions that a phone may compute in half precision, where large values
            overflow.
        delegate: what computes the operations on a phone's CPU, where the format knows of it.
        delegated: precisions that are a failure, unless that is waived, when the delegate leaves
            an operation out.
        second_runners: other runtimes that can be asked to run the same file.
        export_seconds: about, for one network on one core; the slowest target is started first.
        is_in_all: whether `--target all` writes it.
    """

    suffix: str
    description: str
    platforms: tuple[Platform, ...]
    runner: str
    written_by: tuple[str, ...]
    run_by: tuple[str, ...]
    tolerances: Mapping[Precision, Tolerance]
    export_seconds: float
    phones: str = ""
    default_precision: Precision = Precision.FP32
    calibrated: frozenset[Precision] = frozenset()
    fp16_arithmetic: frozenset[Precision] = frozenset({Precision.FP16})
    delegate: str | None = None
    delegated: frozenset[Precision] = frozenset()
    second_runners: tuple[str, ...] = ()
    is_in_all: bool = True

    @property
    def precisions(self) -> tuple[Precision, ...]:
        """The precisions in which the format can be written, in the order of `Precision`."""
        return tuple(precision for precision in Precision if precision in self.tolerances)
