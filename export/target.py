"""What a file format has to offer, and which formats there are.

A module `export/targets/<name>.py` with the names of `Target` is a target: nothing is registered,
and nothing is imported until it is asked for, so that a missing package breaks only its own format.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from irrvit.export.errors import MissingExtra, UnknownTarget
from irrvit.export.precision import Precision, Tolerance

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from irrvit.export.manifest import Delegation, ModuleLoss
    from irrvit.model.spec import InputSpec


@dataclass(frozen=True)
class QuantizationOptions:
    """What a target needs to quantize.

    Attributes:
        pictures: real ones, uint8 (N, H, W, 3), on which the range of every value is found.
        keep_float: modules that are left as they are.
    """

    pictures: np.ndarray
    keep_float: tuple[str, ...] = ()


class Runner(Protocol):
    """A written file, loaded and ready.

    `name` says what runs it ("onnxruntime", "litert", "mil-reference", "coreml" ...).
    """

    name: str

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """Raw pixels 0..255, float32 (N, H, W, 3) -> logits, float32 (N, classes)."""
        ...


class Target(Protocol):
    """A module of `export/targets/`."""

    SUFFIX: str
    TOLERANCES: Mapping[Precision, Tolerance]

    def write(
        self,
        network: nn.Module,
        spec: InputSpec,
        precision: Precision,
        path: Path,
        quantizing: QuantizationOptions | None = None,
    ) -> str:
        """Convert a network that maps raw pixels (1, 3, H, W) to logits; return what can open it.

        The file's input is called `image` and its output `logits`, as the artifact contract says.

        Args:
            quantizing: for int8.

        Raises:
            UnsupportedOp: naming the operation that the format or its converter lacks.
        """
        ...

    def load(self, path: Path) -> Runner:
        """Load a written file into the runtime of its format."""
        ...

    def count_macs(self, path: Path) -> int:
        """Multiply-accumulates of convolutions, linear layers and matrix products in the file."""
        ...

    def count_operations(self, path: Path) -> int:
        """Operations in the file's graph, constants not counted."""
        ...

    def trace(self, path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Run one case (1, H, W, 3) and yield every intermediate value of the file, in order."""
        ...

    def delegation(self, path: Path) -> Delegation | None:
        """Who computes the file's operations; None where the format's runtime has no delegates."""
        ...

    def losses(
        self, network: nn.Module, spec: InputSpec, quantizing: QuantizationOptions
    ) -> tuple[ModuleLoss, ...]:
        """What each module loses alone in int8; nothing where the tools cannot tell."""
        ...

    def inspect(self, path: Path, pixels: np.ndarray) -> list[str]:
        """What is known to go wrong on a phone with this file: one sentence per finding."""
        ...


# Core ML runs in half precision on the Neural Engine; the other formats keep what they are given.
_DEFAULT_PRECISION = {"coreml": Precision.FP16}
_PALETTES = (Precision.W8, Precision.W6, Precision.W4)
# litert-torch takes as long as the other converters together: it starts first.
_SLOWEST = "tflite"
_FOLDER = Path(__file__).with_name("targets")


def names() -> list[str]:
    """The targets there are, by file name; imports none of them."""
    return sorted(p.stem for p in _FOLDER.glob("*.py") if not p.stem.startswith("_"))


def default_precision(name: str) -> Precision:
    """The precision in which a target is written unless one is asked for."""
    return _DEFAULT_PRECISION.get(name, Precision.FP32)


def precisions(name: str) -> tuple[Precision, ...]:
    """The precisions in which a target can be written."""
    return tuple(p for p in Precision if name == "coreml" or p not in _PALETTES)


def computes_in_fp16(name: str, precision: Precision) -> bool:
    """Whether a phone may compute such a file in half precision, where large values overflow."""
    return precision is Precision.FP16 or (name == "coreml" and precision is not Precision.FP32)


def slowest_first(name: str) -> bool:
    """A key to sort targets by, so that none is left to be waited for alone."""
    return name != _SLOWEST


def require(name: str) -> None:
    """Raise UnknownTarget, naming the targets there are and the nearest; imports nothing."""
    if name in names():
        return
    near = get_close_matches(name, names(), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise UnknownTarget(
        f"unknown target '{name}': expected one of {', '.join(names())} or all{hint}"
    )


def get(name: str) -> Target:
    """Import one target.

    Raises:
        UnknownTarget: see `require`.
        MissingExtra: the target's own packages are not installed.
    """
    require(name)
    try:
        return importlib.import_module(f"irrvit.export.targets.{name}")  # pyright: ignore[reportReturnType]
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("irrvit"):
            raise
        raise MissingExtra(name, error.name or name) from error
