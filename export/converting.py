"""What a converter cannot do, in one sentence: the operation, and the module that it came from.

Converters name the operation in their own ways, in pages of text or not at all. Their words are
held against the operations of the network; what they printed is in the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import fx, nn

from irrvit.export.errors import ExportError, UnsupportedOp
from irrvit.export.proof.operations import decomposed, exported, module_path

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Where a converter says that an operation was written: by Python, and by MLIR.
_PLACES = re.compile(r'File "([^"]+\.py)", line (\d+)|([^\s:"]+\.py):(\d+)')
_LONGEST = 160


@contextmanager
def converting(converter: str, network: nn.Module, example: torch.Tensor) -> Iterator[None]:
    """Turn whatever a converter raises into a sentence about the network.

    Args:
        network, example: what is converted, as PyTorch runs it.

    Raises:
        UnsupportedOp: naming the operation and its module where the converter let them be known.
    """
    try:
        yield
    except ExportError:
        raise
    # Any kind: converters raise NotImplementedError for an operation that they lack, ValueError for
    # limits of a format, and bare assertions and whatever else from inside.
    except Exception as error:
        raise UnsupportedOp(_sentence(converter, error, network, example)) from error


def _sentence(converter: str, error: Exception, network: nn.Module, example: torch.Tensor) -> str:
    text = _COLOURS.sub("", "\n".join(str(e) for e in _chain(error)))
    node = _blamed(text, network, example)
    why = _first_line(error)
    if node is None:
        return f"{converter} cannot convert the network ({why}): leave this format out"
    return (
        f"{converter} cannot convert the operation {_operation(node)} of "
        f"{module_path(node) or 'the network itself'} ({why}): put others in its place, or leave "
        "this format out"
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _first_line(error: Exception) -> str:
    """The innermost cause's own words, without what follows them."""
    innermost = list(_chain(error))[-1]
    # The words of a KeyError are quoted, with what ends a line spelled out.
    words = str(innermost.args[0]) if isinstance(innermost, KeyError) else str(innermost)
    lines = _COLOURS.sub("", words).strip().splitlines()
    line = re.sub(r"^.*?\.py:\d+:\d+: error: ", "", lines[0]) if lines else ""
    line = re.split(r": %|\. Failure message", line)[0].rstrip(". ")
    return line[:_LONGEST] if line else type(innermost).__name__


def _blamed(text: str, network: nn.Module, example: torch.Tensor) -> fx.Node | None:
    """The operation of the network that a converter's words are about."""
    nodes = _nodes(network, example)
    # A trace ends with the line that wrote the operation.
    places = [(m[1] or m[3], m[2] or m[4]) for m in _PLACES.finditer(text)]
    here = [node for node in nodes if places and _written_at(node) == places[-1]]
    for some in (here, nodes):
        named = [(len(name), node) for node in some for name in _names(node) if _says(text, name)]
        if named:
            return max(named, key=lambda pair: pair[0])[1]
    return here[0] if here else None


def _nodes(network: nn.Module, example: torch.Tensor) -> list[fx.Node]:
    """Operations as they were written, then those that torch makes of them."""
    found: list[fx.Node] = []
    for trace in (exported, decomposed, _in_core_operations):
        try:
            graph = trace(network, example).graph
        except Exception:  # The very thing that the converter could not do either.
            continue
        found += [node for node in graph.nodes if node.op == "call_function"]
    return found


def _in_core_operations(network: nn.Module, example: torch.Tensor) -> torch.export.ExportedProgram:
    return exported(network, example).run_decompositions()


def _written_at(node: fx.Node) -> tuple[str, str] | None:
    """File and line, the last of its trace."""
    trace = [(m[1], m[2]) for m in _PLACES.finditer(node.meta.get("stack_trace") or "")]
    return trace[-1] if trace else None


def _operation(node: fx.Node) -> str:
    """aten.median.dim -> median"""
    parts = str(node.target).split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def _names(node: fx.Node) -> list[str]:
    qualified = str(node.target)
    return [qualified, qualified.rpartition(".")[0], _operation(node)]


def _says(text: str, name: str) -> bool:
    """Whether a text has a name as a word of its own, short ones only between quotes."""
    if len(name) < 4 or "." not in name:
        return (
            re.search(rf"""['"`]{re.escape(name)}['"`.]|(node|kind|op) {re.escape(name)}\b""", text)
            is not None
        )
    return re.search(rf"\b{re.escape(name)}(?![\w])", text) is not None
