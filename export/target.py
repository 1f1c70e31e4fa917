"""What a file format has to offer, and which formats there are.

A module `export/targets/<name>.py` with the names of `Target` is a target: nothing is registered.
Its file says the facts and imports what converts or runs, from the folder of the same name, only
when one of its functions is called: facts can be read where a format's packages are missing.

What only some formats can do is a protocol of its own: a target has its function or has it not.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from irrvit.export.errors import MissingExtra, UnknownTarget
from irrvit.export.facts import Facts
from irrvit.export.precision import Precision

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from irrvit.export.manifest import Delegation, ModuleLoss
    from irrvit.export.pixels import Outputs
    from irrvit.export.proof.meaning import FloatGraph
    from irrvit.model.spec import InputSpec

_FOLDER = Path(__file__).with_name("targets")


@dataclass(frozen=True)
class QuantizationOptions:
    """What a target needs to quantize.

    Attributes:
        pictures: real ones, uint8 (N, H, W, 3), on which the range of every value is chosen.
        keep_float: modules that are left as they are.
    """

    pictures: np.ndarray
    keep_float: tuple[str, ...] = ()


class Runner(Protocol):
    """A written file, loaded and ready.

    `name` says what runs it ("onnxruntime", "litert", "mil-reference", "coreml" ...).
    """

    name: str

    def run(self, pixels: np.ndarray) -> Outputs:
        """Raw pixels 0..255, float32 (N, H, W, C) -> each output (N, ...), float32 or int32."""
        ...


class Target(Protocol):
    """A module of `export/targets/`: what every format has."""

    FACTS: Facts

    def write(
        self,
        network: nn.Module,
        spec: InputSpec,
        precision: Precision,
        path: Path,
        quantization: QuantizationOptions | None = None,
    ) -> str:
        """Convert a network that maps raw pixels (1, C, H, W) to outputs; return what can open it.

        The file's input is called `image` and its outputs as the network calls them, `logits` for
        a tensor without a name: see `irrvit.model.outputs.named`.

        Args:
            quantization: for the precisions that the format calibrates.

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


@runtime_checkable
class TracesValues(Protocol):
    """A target whose files can be looked into: `--explain` needs it."""

    def trace(self, path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Run one case (1, H, W, 3) and yield every intermediate value of the file, in order."""
        ...


@runtime_checkable
class KnowsDelegation(Protocol):
    """A target whose runtime hands operations to a delegate, and says which."""

    def delegation(self, path: Path) -> Delegation:
        """Who computes the file's operations."""
        ...


@runtime_checkable
class MeasuresLosses(Protocol):
    """A target that can quantize one module at a time: `--sensitivity` needs it."""

    def losses(
        self, network: nn.Module, spec: InputSpec, quantization: QuantizationOptions
    ) -> tuple[ModuleLoss, ...]:
        """What each module loses when it is the only one in int8."""
        ...


@runtime_checkable
class RunsUnrounded(Protocol):
    """A target whose files can be run in float32 arithmetic: what is below float32 needs it."""

    def float_graph(self, path: Path, twin: Path) -> FloatGraph:
        """A written file's graph without rounding.

        Args:
            twin: the float32 file of the same conversion; `path` itself for its own graph.
        """
        ...


@runtime_checkable
class InspectsFiles(Protocol):
    """A target that knows what goes wrong with its files on phones."""

    def inspect(self, path: Path, pixels: np.ndarray) -> list[str]:
        """One sentence for each finding, on one case (1, H, W, 3)."""
        ...


def names() -> list[str]:
    """The targets there are, by file name; imports none of them."""
    return sorted(p.stem for p in _FOLDER.glob("*.py") if not p.stem.startswith("_"))


def names_in_all() -> list[str]:
    """The targets that `--target all` stands for."""
    return [name for name in names() if facts(name).is_in_all]


def find(name: str) -> Target:
    """One target, whether or not its packages are here: for its facts, and what it can do.

    Raises:
        UnknownTarget: naming the targets there are, and the nearest.
    """
    if name not in names():
        of_suffix = [known for known in names() if facts(known).suffix == f".{name.lstrip('.')}"]
        near = of_suffix or get_close_matches(name, names(), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UnknownTarget(
            f"unknown target '{name}': expected one of {', '.join(names())} or all{hint}"
        )
    return importlib.import_module(f"irrvit.export.targets.{name}")  # pyright: ignore[reportReturnType]


def facts(name: str) -> Facts:
    """The facts of one target; raises as `find`."""
    return find(name).FACTS


def missing(packages: Sequence[str]) -> list[str]:
    """Those of some packages that are not installed; imports none of them."""
    return [package for package in packages if importlib.util.find_spec(package) is None]


def get(name: str) -> Target:
    """One target, ready to write files and to run them.

    Raises:
        UnknownTarget: see `find`.
        MissingExtra: a package that it writes or runs with is not installed.
    """
    require(name)
    return find(name)


def require(name: str) -> None:
    """Imports nothing; raises as `get`."""
    known = facts(name)
    _require(name, (*known.written_by, *known.run_by))


def load(name: str, path: Path) -> Runner:
    """Load a written file into the runtime of its format; what wrote it need not be here.

    Raises:
        UnknownTarget, MissingExtra: as `get`.
        BadArtifact: the file is damaged.
    """
    chosen = find(name)
    _require(name, chosen.FACTS.run_by)
    return chosen.load(path)


def _require(name: str, packages: Sequence[str]) -> None:
    if absent := missing(packages):
        raise MissingExtra(name, absent[0])
