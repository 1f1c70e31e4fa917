"""Where does a written file depart from the network? The first layer, by the values themselves.

Both graphs are walked on one picture: every operation of the folded network in PyTorch, every value
of the written file. Values are matched by what they are, not by names, which each converter makes
up for itself: an operation is *seen* when some value of the file equals its output in any layout.
Fused operations are never seen, but what follows them is; so the culprit is the first operation
after which nothing is seen any more on any path to the output.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import permutations

import numpy as np
import torch
from torch import fx, nn

from irrvit.export.pixels import image_tensor
from irrvit.export.proof.operations import run_operations, where


def explain(
    network: nn.Module,
    pixels: np.ndarray,
    traced: Iterable[tuple[str, np.ndarray]],
    max_rel: float,
) -> str:
    """Say in a sentence which module's output departs first.

    Args:
        network: raw pixels (1, 3, H, W) -> logits, as it was written.
        pixels: the case, (1, H, W, 3).
        traced: every value of the written file on this case, as `TracesValues.trace` yields them.
        max_rel: largest difference, relative to an output's largest value, that still agrees.
    """
    image = image_tensor(pixels).contiguous()
    values = _Values(traced, max_rel)
    nodes = run_operations(network, image)
    seen = {node: values.contain(output) for node, output in nodes.items()}
    lost = _lost(seen)
    if not lost:
        return (
            "every layer of the file agrees when it is run without the runtime's optimizations: "
            "the runtime's own fusions or kernels depart"
        )
    first = lost[0]
    before = [node for node in _ancestors(first) if seen.get(node)]
    after = f" (its input from {where(before[-1])} agrees)" if before else ""
    return f"the first output that departs is that of {where(first)}{after}"


class _Values:
    """The values of a file, to be asked whether one of them equals a tensor."""

    def __init__(self, traced: Iterable[tuple[str, np.ndarray]], max_rel: float):
        self.max_rel = max_rel
        self.by_size: dict[int, list[np.ndarray]] = defaultdict(list)
        for _, value in traced:
            if np.issubdtype(value.dtype, np.floating):
                self.by_size[value.size].append(value.astype(np.float32))

    def contain(self, output: torch.Tensor) -> bool:
        wanted = output.detach().numpy()
        limit = self.max_rel * float(np.abs(wanted).max(initial=1e-30))
        size = float(np.abs(wanted).mean())
        for value in self.by_size[wanted.size]:
            if not abs(float(np.abs(value).mean()) - size) <= limit:
                # The mean does not depend on the layout: a cheap way to say no, to NaN as well.
                continue
            if any(np.abs(same - wanted).max() <= limit for same in _layouts(value, wanted.shape)):
                return True
        return False


def _layouts(value: np.ndarray, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """A value in every order of its axes that has this shape, and merely reshaped."""
    yield value.reshape(shape)
    squeezed = value.squeeze()
    wanted = tuple(size for size in shape if size != 1)
    for order in permutations(range(squeezed.ndim)):
        if tuple(squeezed.shape[axis] for axis in order) == wanted:
            yield squeezed.transpose(order).reshape(shape)


def _lost(seen: dict[fx.Node, bool]) -> list[fx.Node]:
    """Operations that are not seen, nor anything that comes after them."""
    alive: dict[fx.Node, bool] = {}
    for node in reversed(next(iter(seen)).graph.nodes):
        alive[node] = seen.get(node, False) or any(alive[user] for user in node.users)
    return [node for node in seen if not alive[node]]


def _ancestors(node: fx.Node) -> list[fx.Node]:
    """All operations that a node depends on, in the graph's order."""
    ancestors: set[fx.Node] = set()
    waiting = [node]
    while waiting:
        for source in waiting.pop().all_input_nodes:
            if source not in ancestors:
                ancestors.add(source)
                waiting.append(source)
    return [n for n in node.graph.nodes if n in ancestors]
