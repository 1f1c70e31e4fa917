"""Which operations of a loaded `.tflite` file no delegate took. Pure: it needs no package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

DELEGATE = "DELEGATE"
"""The name of the operation that stands for what a delegate took."""


def left_out(nodes: Sequence[dict[str, Any]], outputs: Sequence[int]) -> list[dict[str, Any]]:
    """Those that the interpreter computes itself, in the order of the file.

    Walk from the outputs back to the input: what no delegate makes on the way is the interpreter's.

    Args:
        nodes: as the interpreter lists them; those of delegates come last.
        outputs: the indices of the outputs' tensors.
    """
    maker = {int(tensor): node for node in nodes for tensor in node["outputs"]}
    todo, seen = list(outputs), {}
    while todo:
        node = maker.get(int(todo.pop()))
        if node is not None and node["index"] not in seen:
            seen[node["index"]] = node
            todo += [tensor for tensor in node["inputs"] if tensor >= 0]
    return [seen[i] for i in sorted(seen) if seen[i]["op_name"] != DELEGATE]
