"""The operations of a file and the modules of the network that they were made of.

The converters keep the modules: litert-torch in the names of tensors, our ONNX target in the names
of nodes. Nothing is guessed from shapes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CLASS = re.compile(r"^_*[^_]+_")
# What wraps the network keeps it under this name.
_WRAPPED = "network"


@dataclass(frozen=True)
class Node:
    """An operation of a file.

    Attributes:
        kind: as the format calls it.
        path: of the module, "" for the network itself, None where the file does not say.
        names: of the node and of what it makes, where the format has any.
    """

    kind: str
    path: str | None
    names: tuple[str, ...] = ()


def read(path: Path, target: str) -> list[Node]:
    """The nodes of a `.tflite` or `.onnx` file in their order."""
    return {"tflite": _tflite, "onnx": _onnx}[target](path)


def _tflite(path: Path) -> list[Node]:
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    graph: Any = model.subgraphs[0]  # pyright: ignore[reportOptionalSubscript]
    kinds = {value: name for name, value in vars(schema.BuiltinOperator).items()}
    made = {int(index) for operator in graph.operators for index in operator.outputs}
    made |= {int(index) for index in graph.inputs}
    nodes = []
    for operator in graph.operators:
        code: Any = model.operatorCodes[operator.opcodeIndex]  # pyright: ignore[reportOptionalSubscript]
        # The last operation's output bears the name of the file's: its weights have its own.
        weights = [i for i in operator.inputs if i >= 0 and int(i) not in made]
        names = [graph.tensors[i].name.decode() for i in (*operator.outputs, *weights)]
        paths = (tflite_path(name) for name in names)
        kind = kinds[max(code.builtinCode, code.deprecatedBuiltinCode)]
        nodes.append(Node(kind, next((path for path in paths if path is not None), None)))
    return nodes


def tflite_path(name: str) -> str | None:
    """`a.Wrapper/b.Net_network/c.Sequential_stem/d.Conv2d_0;1` -> `stem.0`.

    Of several names with ";;" between them, which the converter made one operation of, the first
    is where its output comes from.
    """
    root, *inner = name.partition(";")[0].split("/")
    if not inner or "." not in root:
        return None
    return _inside([_CLASS.sub("", part.rpartition(".")[2]) for part in inner])


def _onnx(path: Path) -> list[Node]:
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    nodes = []
    for node in graph.node:
        module, named, _ = node.name.partition("/")
        names = (node.name, *node.output)
        nodes.append(Node(node.op_type, module if named else None, names))
    return nodes


def _inside(path: Sequence[str]) -> str:
    """Without the wrappers around the network."""
    wrappers = next((i for i, name in enumerate(path) if name != _WRAPPED), len(path))
    return ".".join(path[wrappers:])
