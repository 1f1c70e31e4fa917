"""Which operations of a `.tflite` file XNNPACK takes; one that falls out cuts it in two."""

from __future__ import annotations

from typing import Any

from ai_edge_litert.interpreter import Interpreter

from irrvit.export.manifest import Delegation
from irrvit.export.tflite import graph


def delegation(content: bytes) -> Delegation:
    """Load a file as a phone's CPU would, and see who computes what."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    nodes: list[dict[str, Any]] = interpreter._get_ops_details()  # Public only in its callers.
    delegates = [node for node in nodes if node["op_name"] == "DELEGATE"]
    left = _left(nodes, int(interpreter.get_output_details()[0]["index"]))
    tensors = graph.read(content).subgraphs[0].tensors
    return Delegation(
        nodes=len(nodes) - len(delegates),
        partitions=len(delegates),
        left_out=tuple(
            f"{node['op_name']} of {tensors[node['outputs'][0]].name.decode() or 'the network'}"
            for node in left
        ),
    )


def _left(nodes: list[dict[str, Any]], output: int) -> list[dict[str, Any]]:
    """Walk from the output back to the input: what the delegate does not make is its own."""
    maker = {int(t): node for node in nodes for t in node["outputs"]}  # Delegates come last.
    todo, seen = [output], {}
    while todo:
        node = maker.get(int(todo.pop()))
        if node is not None and node["index"] not in seen:
            seen[node["index"]] = node
            todo += [t for t in node["inputs"] if t >= 0]
    return [seen[i] for i in sorted(seen) if seen[i]["op_name"] != "DELEGATE"]
