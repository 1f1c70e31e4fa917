"""Single faults in a `.pte` file."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from executorch.backends.xnnpack.serialization.xnnpack_graph_serialize import XNNHeader
from executorch.exir._serialize._flatbuffer import _flatc_compile
from executorch.exir._serialize._program import deserialize_pte_binary, serialize_pte_binary

from irrvit.export.executorch import program

_START = 32  # Where a delegate's graph lies behind its header.
_SCHEMA = "executorch.backends.xnnpack.serialization"
_OTHER = {"XNNSigmoid": "XNNTanh", "XNNAdd": "XNNSubtract", "XNNMultiply": "XNNAdd"}
_Graph = dict[str, Any]


def faults(path: Path, chance: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name each fault that the file can have, and how it is made; shuffled."""
    content = path.read_bytes()
    (delegate,) = _delegates(content)
    found = [*_nodes(content, program.graph_of(delegate)), *_numbers(content, chance)]
    chance.shuffle(found)
    yield from found


def _delegates(content: bytes) -> list[bytes]:
    return [held.data for held in deserialize_pte_binary(content).program.backend_delegate_data]


def _nodes(content: bytes, graph: _Graph) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for i, node in enumerate(graph["xnodes"]):
        kind, fields = node["xnode_union_type"], node["xnode_union"]

        def edit(change: Callable[[_Graph], None], i: int = i) -> Callable[[], bytes]:
            return lambda: _with(content, i, change)

        if kind == "XNNSubtract":
            yield f"operands of {kind} {i} swapped", edit(_swap)
        if kind in _OTHER and not _is_of_a_number(graph, fields):
            yield f"{kind} {i} is {_OTHER[kind]}", edit(_become)
        if "output_min_max" in node:
            yield f"activation of {kind} {i} lost", edit(_without_activation)
        elif kind in ("XNNConv2d", "XNNFullyConnected"):
            yield f"activation of {kind} {i} invented", edit(_with_activation)
        if fields.get("padding_top"):
            yield f"padding of {kind} {i} moved", edit(_move_padding)
        if kind == "XNNStaticTranspose" and fields["perm"][-2:] == [3, 2]:
            yield f"axes of {kind} {i}", edit(_turn)


def _is_of_a_number(graph: _Graph, fields: _Graph) -> bool:
    """Whether one input is a single number: an epsilon's sign is below what float32 explains."""
    values = [value["xvalue_union"] for value in graph["xvalues"]]
    dims = {value["id_out"]: value["dims"] for value in values}
    return any(
        math.prod(dims[fields[name]]) == 1 for name in ("input1_id", "input2_id") if name in fields
    )


def _swap(node: _Graph) -> None:
    fields = node["xnode_union"]
    fields["input1_id"], fields["input2_id"] = fields["input2_id"], fields["input1_id"]


def _become(node: _Graph) -> None:
    node["xnode_union_type"] = _OTHER[node["xnode_union_type"]]


def _without_activation(node: _Graph) -> None:
    del node["output_min_max"]


def _with_activation(node: _Graph) -> None:
    node["output_min_max"] = {"output_min": 0.0, "output_max": "inf"}


def _move_padding(node: _Graph) -> None:
    fields = node["xnode_union"]
    fields["padding_top"] -= 1
    fields["padding_bottom"] += 1


def _turn(node: _Graph) -> None:
    perm = node["xnode_union"]["perm"]
    perm[-2], perm[-1] = perm[-1], perm[-2]


def _with(content: bytes, place: int, change: Callable[[_Graph], None]) -> bytes:
    """The file with one node of its delegate changed."""
    file = deserialize_pte_binary(content)
    (held,) = file.program.backend_delegate_data
    graph = program.graph_of(held.data)
    change(graph["xnodes"][place])
    held.data = _delegate(graph)
    return bytes(serialize_pte_binary(file, extract_delegate_segments=True))


def _delegate(graph: _Graph) -> bytes:
    with TemporaryDirectory() as folder:
        schema, written = Path(folder, "graph.fbs"), Path(folder, "graph.json")
        schema.write_bytes(resources.files(_SCHEMA).joinpath("schema.fbs").read_bytes())
        written.write_text(json.dumps(graph).replace("Infinity", "inf"))
        _flatc_compile(folder, str(schema), str(written))
        binary = written.with_suffix(".bin").read_bytes()
    header = XNNHeader(_START, len(binary), _START + len(binary), 0).to_bytes()
    return header.ljust(_START, b"\0") + binary


def _numbers(content: bytes, chance: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """One large number of a constant by 5 %."""
    for key, values in program.constants(content, "the file").items():
        sizes = np.abs(values.astype(np.float64))
        at = int(chance.choice(np.argsort(-sizes)[: max(1, values.size // 2)].tolist()))
        if sizes[at] > 0:
            yield f"a number of {key[:8]} by 5 %", _perturbed(content, values, at)


def _perturbed(content: bytes, values: np.ndarray, at: int) -> Callable[[], bytes]:
    other = values.copy()
    other[at] *= 1.05
    return lambda: content.replace(values.tobytes(), other.tobytes())
