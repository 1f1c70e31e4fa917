"""What the interpreter's values are: how numbers are held, and how they are rounded.

Floats are held as float32 whatever the program declares, and rounded to what it declares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from irrvit.export.errors import ExportError

FLOATS = frozenset({"fp16", "fp32"})


class UnsupportedValue(ValueError):
    """An operation of the table met an attribute, or a kind of input, that it does not do."""


class ProgramMismatch(ExportError):
    """A result is not what the program declares: a damaged file, or a fault of the interpreter."""


@dataclass(frozen=True)
class Value:
    """A value as the program declares it.

    Attributes:
        dtype: "fp16", "fp32", "int32", "bool" ...
    """

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Operation:
    """One operation of a program.

    Attributes:
        kind: its name in the Model Intermediate Language, as "conv".
        inputs: parameter to the name of its value, or to names where it takes several.
    """

    kind: str
    inputs: dict[str, str | tuple[str, ...]]
    outputs: tuple[Value, ...]

    @property
    def name(self) -> str:
        return self.outputs[0].name


def hold(array: np.ndarray) -> Tensor:
    """Take a constant or an input of the program in: floats as float32, integers as int32."""
    array = np.asarray(array)
    if array.dtype == np.bool_:
        return torch.tensor(array)
    return torch.tensor(array.astype(np.float32 if array.dtype.kind == "f" else np.int32))


def round_as_declared(value: Tensor, dtype: str) -> Tensor:
    """Round to the declared type; beyond its range becomes infinite, as when it is stored."""
    return value.half().float() if dtype == "fp16" else value


def leave_unrounded(value: Tensor, dtype: str) -> Tensor:
    """Do nothing: what a value would be if every type were wide enough."""
    return value


def check(value: Tensor, declared: Value) -> None:
    """Compare a result with its declaration.

    Raises:
        ProgramMismatch: shape or kind of number differs.
    """
    expected = (
        torch.float32
        if declared.dtype in FLOATS
        else torch.bool
        if declared.dtype == "bool"
        else torch.int32
    )
    if tuple(value.shape) != declared.shape or value.dtype != expected:
        raise ProgramMismatch(
            f"value '{declared.name}' of the program: got {tuple(value.shape)} {value.dtype}, "
            f"but it is declared as {declared.shape} {declared.dtype}; either the file is damaged "
            "or the interpreter is wrong: please report it with the network's name"
        )
