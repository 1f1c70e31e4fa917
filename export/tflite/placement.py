"""Which operations of a `.tflite` file XNNPACK takes; one that falls out cuts it in two."""

from __future__ import annotations

from typing import Any

from ai_edge_litert.interpreter import Interpreter

from irrvit.export.manifest import Delegation
from irrvit.export.tflite import graph
from irrvit.export.tflite.delegates import DELEGATE, left_out


def delegation(content: bytes) -> Delegation:
    """Load a file as a phone's CPU would, and see who computes what."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    nodes: list[dict[str, Any]] = interpreter._get_ops_details()  # Public only in its callers.
    delegates = [node for node in nodes if node["op_name"] == DELEGATE]
    outputs = [int(output["index"]) for output in interpreter.get_output_details()]
    left = left_out(nodes, outputs)
    tensors = graph.read(content).subgraphs[0].tensors
    return Delegation(
        nodes=len(nodes) - len(delegates),
        partitions=len(delegates),
        left_out=tuple(
            f"{node['op_name']} of {tensors[node['outputs'][0]].name.decode() or 'the network'}"
            for node in left
        ),
    )
