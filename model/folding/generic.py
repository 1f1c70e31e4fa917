"""Folding networks that are not ours: BatchNorm wherever it is, and the scale of the input.

Nothing here knows a network. Which layer feeds which is seen in one forward pass, and a layer is
left alone unless that pass shows that its output goes nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from irrvit.model.folding.affine import batch_norm_affine, fold_after
from irrvit.model.folding.move import Move, paths_of, replace_module
from irrvit.model.folding.widening import numbers_in

Feeder = nn.Conv1d | nn.Conv2d | nn.Linear
BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d


class Dataflow(TorchFunctionMode):
    """Who reads and who makes each tensor of one forward pass.

    Tensors are told apart by `id`, so all of them are kept alive until the pass is judged.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[object] = []
        self._readers: Counter[int] = Counter()
        self._made_from: dict[int, set[int]] = {}
        self.calls: dict[nn.Module, list[tuple[object, object]]] = {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        made = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        if made:  # a question such as `x.shape` reads no values
            read = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
            self._readers.update({id(tensor) for tensor in read})
            for tensor in made:
                # What works in place makes a tensor of itself, which others made before.
                self._made_from.setdefault(id(tensor), set()).update(map(id, read))
            self._kept += [*made, *read]
        return result

    def observe(self, network: nn.Module, image: Tensor) -> None:
        """Run the network once and remember what each layer of interest took and gave."""

        def remember(module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
            self.calls.setdefault(module, []).append((inputs[0] if inputs else None, output))

        layers = [m for m in network.modules() if isinstance(m, Feeder | BatchNorm)]
        hooks = [layer.register_forward_hook(remember) for layer in layers]
        try:
            with torch.no_grad(), numbers_in(image.dtype), self:
                network(image)
        finally:
            for hook in hooks:
                hook.remove()

    def is_read_once(self, tensor: object) -> bool:
        return self._readers[id(tensor)] == 1

    def is_made_from(self, tensor: object, source: Tensor) -> bool:
        return id(source) in self._made_from.get(id(tensor), ())


def fold_batch_norms(
    network: nn.Module, image: Tensor, left_out: Container[Move] = ()
) -> list[Move]:
    """Fold each BatchNorm of a network, which must be a copy, into the layer that feeds it."""
    if not any(isinstance(module, BatchNorm) for module in network.modules()):
        return []
    flow = Dataflow()
    flow.observe(network, image)
    moves: list[Move] = []
    for norm, feeder in _pairs(flow):
        paths = paths_of(network, feeder), paths_of(network, norm)
        move = Move("batch_norm", (paths[0][0], paths[1][0]))
        if all(len(found) == 1 for found in paths) and move not in left_out:
            (feeder_path,), (norm_path,) = paths
            replace_module(network, feeder_path, fold_after(feeder, *batch_norm_affine(norm)))
            # timm's BatchNormAct2d holds a dropout and an activation, applied in this order.
            rest = nn.Sequential(*norm.children()).eval()
            replace_module(network, norm_path, rest if len(rest) else nn.Identity())
            moves.append(move)
    return moves


def sole_reader(network: nn.Module, image: Tensor) -> str | None:
    """Path of the one convolution that reads the image, if nothing else does.

    It must use its weights as they are, as in `_pairs`.
    """
    flow = Dataflow()
    flow.observe(network, image)
    readers = [
        layer
        for layer, calls in flow.calls.items()
        if isinstance(layer, nn.Conv2d)
        and len(calls) == 1
        and calls[0][0] is image
        and flow.is_made_from(calls[0][1], layer.weight)
    ]
    if len(readers) != 1 or not flow.is_read_once(image):
        return None
    paths = paths_of(network, readers[0])
    return paths[0] if len(paths) == 1 else None


def _pairs(flow: Dataflow) -> list[tuple[BatchNorm, Feeder]]:
    """Every BatchNorm in use with the layer that feeds it and nothing else.

    The layer must use its weights as they are: one that standardizes them first would undo a fold.
    """
    once = {layer: calls[0] for layer, calls in flow.calls.items() if len(calls) == 1}
    feeders = {
        id(output): layer
        for layer, (_, output) in once.items()
        if isinstance(layer, Feeder)
        and flow.is_made_from(output, layer.weight)
        and flow.is_read_once(output)
    }
    norms = [layer for layer in once if isinstance(layer, BatchNorm)]
    return [
        (norm, feeders[id(once[norm][0])])
        for norm in norms
        if norm.running_mean is not None and id(once[norm][0]) in feeders
    ]
