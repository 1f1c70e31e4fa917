"""A `.pte` file, read: its names, and its operations by who computes them.

The file is a plan of calls: of kernels, which are ExecuTorch's own, and of delegates, each of which
holds a graph in XNNPACK's schema. The wheel brings both schemas and what reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from executorch.exir._serialize._flatbuffer import _flatc_decompile
from executorch.exir._serialize._program import deserialize_pte_binary
from executorch.exir.scalar_type import ScalarType
from executorch.exir.schema import DelegateCall, KernelCall, Tensor

from irrvit.export.errors import BadArtifact

Shape = tuple[int, ...]

_DELEGATE = "XnnpackBackend"
_SCHEMA = "executorch.backends.xnnpack.serialization"  # The package that has it.
# Where a delegate's header says where its graph lies, and how long it is.
_OFFSET, _SIZE = slice(10, 14), slice(14, 18)


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        kind: as its schema calls it: `Conv2d` of XNNPACK, `aten::sum` of the kernels.
        inputs: shapes of what it computes with, weights included.
        settings: XNNPACK's, as numbers.
    """

    kind: str
    inputs: tuple[Shape, ...]
    output: Shape
    settings: Mapping[str, int]


@dataclass(frozen=True)
class Program:
    """A file's names and operations.

    Attributes:
        delegates: what XNNPACK computes, a graph for each call of it.
        kernels: what it does not take.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    delegates: tuple[tuple[Operation, ...], ...]
    kernels: tuple[Operation, ...]


def load(path: Path) -> Program:
    """Read a file; raises `BadArtifact` if it is none of ours."""
    return read(path.read_bytes(), str(path))


def read(content: bytes, name: str) -> Program:
    """Read a file's content; `name` is what a message calls it."""
    try:
        file = deserialize_pte_binary(content).program
        (plan,) = file.execution_plan
        calls = [call.instr_args for chain in plan.chains for call in chain.instructions]
        graphs = [
            file.backend_delegate_data[plan.delegates[call.delegate_index].processed.index].data
            for call in calls
            if isinstance(call, DelegateCall)
        ]
        assert all(delegate.id == _DELEGATE for delegate in plan.delegates)
        return Program(
            inputs=tuple(_names(plan.container_meta_type.encoded_inp_str)),
            outputs=tuple(_names(plan.container_meta_type.encoded_out_str)),
            delegates=tuple(tuple(_operations(graph)) for graph in graphs),
            kernels=tuple(_kernel(plan, call) for call in calls if isinstance(call, KernelCall)),
        )
    except Exception as error:  # A damaged file breaks the reader anywhere.
        raise BadArtifact(
            f"{name} is no program of ExecuTorch that can be read: {error}"
        ) from error


def constants(content: bytes, name: str) -> dict[str, np.ndarray]:
    """The float32 numbers of a file: XNNPACK's by their keys, those of the plan by their places.

    Raises:
        BadArtifact: the file is none of ours.
    """
    try:
        file = deserialize_pte_binary(content)
        (plan,) = file.program.execution_plan
        places = [value.val for value in plan.values if isinstance(value.val, Tensor)]
        found: dict[str, Any] = {
            f"constant {tensor.data_buffer_idx}": file.program.constant_buffer[
                tensor.data_buffer_idx
            ].storage
            for tensor in places
            if tensor.data_buffer_idx and tensor.scalar_type is ScalarType.FLOAT
        }
        if file.named_data is not None:
            found |= {
                key: file.named_data.buffers[entry.buffer_index]
                for key, entry in file.named_data.pte_data.items()
            }
    except Exception as error:  # A damaged file breaks the reader anywhere.
        raise BadArtifact(f"the numbers of {name} cannot be read: {error}") from error
    return {key: np.frombuffer(data, np.float32) for key, data in found.items()}


def _names(tree: str) -> Iterator[str]:
    """The keys of the dictionaries that a program takes or gives."""
    waiting = [json.loads(tree)[1]]
    while waiting:
        node = waiting.pop(0)
        if node["type"] == "builtins.dict":
            yield from json.loads(node["context"])
        waiting += node["children_spec"]


def _kernel(plan: Any, call: KernelCall) -> Operation:
    values = [plan.values[i].val for i in call.args]
    shapes = [tuple(value.sizes) for value in values if isinstance(value, Tensor)]
    return Operation(plan.operators[call.op_index].name, tuple(shapes[:-1]), shapes[-1], {})


def _operations(delegate: bytes) -> Iterator[Operation]:
    graph = graph_of(delegate)
    tensors = (value["xvalue_union"] for value in graph["xvalues"])
    flat = (tensor.get("tensor_value", tensor) for tensor in tensors)
    shapes = {tensor["id_out"]: tuple(tensor.get("dims", ())) for tensor in flat}
    for node in graph["xnodes"]:
        fields = node["xnode_union"]
        ids = [value for name, value in fields.items() if name.endswith("_id")]
        settings = {name: value for name, value in fields.items() if isinstance(value, int)}
        output = fields["output_id"]
        yield Operation(
            kind=node["xnode_union_type"].removeprefix("XNN"),
            inputs=tuple(shapes[i] for i in ids if i in shapes and i != output),
            output=shapes[output],
            settings=settings,
        )


def graph_of(delegate: bytes) -> dict[str, Any]:
    """XNNPACK's graph as JSON, by the wheel's own `flatc`."""
    start, size = (int.from_bytes(delegate[at], "little") for at in (_OFFSET, _SIZE))
    with TemporaryDirectory() as folder:
        schema, binary = Path(folder, "graph.fbs"), Path(folder, "graph.bin")
        schema.write_bytes(resources.files(_SCHEMA).joinpath("schema.fbs").read_bytes())
        binary.write_bytes(delegate[start : start + size])
        _flatc_decompile(folder, str(schema), str(binary), ["--raw-binary"])
        text = binary.with_suffix(".json").read_text()
    # A range without an end is `inf` there, which is no JSON.
    return json.loads(re.sub(r"(: -?)inf\b", r"\1Infinity", text))
