"""The operations of a file and the modules of the network that they were made of.

Our targets keep the modules: TFLite in the names of tensors, ONNX in the names of nodes. Nothing is
guessed from shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Their weights say whose they are; their output may be called after an activation that became part
# of them, or as the file's output is.
_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED")
# Those that runtimes make part of the convolution before them.
_ACTIVATIONS = ("Relu", "Clip", "HardSwish", "Sigmoid", "LeakyRelu")


@dataclass(frozen=True)
class Operation:
    """An operation of a file.

    Attributes:
        kind: as the format calls it.
        path: of the module, "" for the network itself, None where the file does not say.
        names: of the node and of what it makes, where the format has any.
    """

    kind: str
    path: str | None
    names: tuple[str, ...] = ()


def read(path: Path, target: str) -> list[Operation]:
    """The operations of a `.tflite` or `.onnx` file in their order."""
    return {"tflite": _tflite, "onnx": _onnx}[target](path)


def _tflite(path: Path) -> list[Operation]:
    from ai_edge_litert import schema_py_generated as schema

    model: Any = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    graph = model.subgraphs[0]
    kinds = {value: name for name, value in vars(schema.BuiltinOperator).items()}
    nodes = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = kinds[max(code.builtinCode, code.deprecatedBuiltinCode)]
        tensors = [*operator.outputs]
        if kind in _WEIGHTED:
            tensors.insert(0, operator.inputs[1])
        paths = (tflite_path(graph.tensors[i].name.decode()) for i in tensors)
        nodes.append(Operation(kind, next((path for path in paths if path is not None), None)))
    return nodes


def tflite_path(name: str) -> str | None:
    """`/stem.0`, as our TFLite target names a tensor, -> `stem.0`."""
    return name[1:] if name.startswith("/") else None


def _onnx(path: Path) -> list[Operation]:
    import onnx

    nodes: dict[str, Operation] = {}  # By what they make.
    for node in onnx.load(path, load_external_data=False).graph.node:
        module, named, _ = node.name.partition("/")
        before = nodes.get(node.input[0]) if node.input else None
        if node.op_type in _ACTIVATIONS and before is not None and before.kind == "Conv":
            owner = before.path
        else:
            owner = module if named else None
        nodes |= dict.fromkeys(
            node.output, Operation(node.op_type, owner, (node.name, *node.output))
        )
    return list(dict.fromkeys(nodes.values()))
