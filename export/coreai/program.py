"""An `.aimodel` read back: a folder whose `main.mlirb` holds graphs of operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coreai._compiler.ir import Module
from coreai.authoring.asset import AIModelAsset, AIProgram
from coreai.authoring.context import Context

from irrvit.export.errors import BadArtifact, UnsupportedOp

_BYTECODE = "main.mlirb"
MAIN = "main"
# What MLIR says is wrong, in the middle of where and in which version.
_SAID = re.compile(r'error: (?:"-":\d+:\d+: |uginfo\.location<.*?>\]: )?(.*)')
LOOKUP = "coreai.lut_to_dense"  # Weights of a table of values and of places in it.
# What is in a graph and computes nothing.
_NO_OPERATIONS = frozenset({"coreai.constant", "coreai.output", LOOKUP})


class Program:
    """The graphs of a file.

    Attributes:
        module: as MLIR has it; what is changed there is not changed in the file.
        graphs: by name; `main` calls others.
    """

    def __init__(self, module: Any):
        self.module = module
        self.graphs: dict[str, Any] = {
            graph.attributes["sym_name"].value: graph
            for graph in module.body.operations
            if graph.operation.name == "coreai.graph"
        }

    def all_operations(self, graph: str = MAIN) -> list[Any]:
        """What stands in a graph, in order, constants among it."""
        (block,) = self.graphs[graph].regions[0].blocks
        return [operation.operation for operation in block.operations]

    def operations(self, graph: str = MAIN) -> list[Any]:
        """What a graph computes, in order."""
        return [op for op in self.all_operations(graph) if op.name not in _NO_OPERATIONS]

    def with_calls(self, graph: str = MAIN) -> Iterator[Any]:
        """The same with the operations of the graphs that it calls, each time that it does."""
        for operation in self.operations(graph):
            yield operation
            if operation.name == "coreai.invoke":
                yield from self.with_calls(_callee(operation))


def _callee(operation: Any) -> str:
    """`#param.constant<@layer_norm_x> : !param.symbol` -> layer_norm_x"""
    return str(operation.attributes["callee"]).partition("@")[2].partition(">")[0].strip('"')


def asset(path: Path) -> AIModelAsset:
    """A folder that the runtime can be given: it ends the process over one that is cut off.

    Raises:
        BadArtifact: something is missing in it or damaged.
    """
    try:
        opened = AIModelAsset.load(path)
        module = Module.parse((path / _BYTECODE).read_bytes(), context=Context()._mlir_context)
    except Exception as error:  # MLIR's own, and whatever its bindings raise.
        raise BadArtifact(f"Core AI cannot open {path}: {_why(error)}") from error
    if not list(module.body.operations):
        raise BadArtifact(f"Core AI cannot open {path}: {_BYTECODE} holds no program")
    return opened


def _why(error: BaseException) -> str:
    said = _SAID.search(str(error))
    return said[1] if said else str(error).strip() or type(error).__name__


def load(path: Path) -> Program:
    """Read a file of ours.

    Raises:
        BadArtifact: it is damaged.
    """
    program = Program(asset(path).program._module._mlir_module)
    if MAIN not in program.graphs:
        raise BadArtifact(
            f"{path}: expected a graph called {MAIN}, got {', '.join(program.graphs)}"
        )
    return program


def save(program: Program, path: Path) -> None:
    """Write a program to a folder that does not say when it was written: same file, same hash.

    Raises:
        OSError: the folder cannot be written.
        UnsupportedOp: the program breaks a rule of the format, which is looked at here only.
    """
    try:
        opened = AIProgram._from_mlir_module(program.module).save_asset(path)
    except RuntimeError as error:  # It says where the file was to be; its cause says what is wrong.
        cause = error.__cause__ or error
        if isinstance(cause, OSError):
            raise cause from None
        raise UnsupportedOp(
            f"Core AI refuses the program that was made of the network ({_why(cause)}): "
            "try another precision, or leave this format out"
        ) from error
    opened.update_metadata(lambda metadata: setattr(metadata, "creation_date", None))


def shape(value: Any) -> tuple[int, ...]:
    """The shape of a value of the program."""
    return tuple(value.type.shape)
