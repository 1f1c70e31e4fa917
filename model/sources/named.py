"""A network whose outputs are not a classifier's: they get names, and integers of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from irrvit.model.errors import ModelError
from irrvit.model.outputs import Task, describe, task_of
from irrvit.model.sources.source import Source, numbered


class NamedOutputs(nn.Module):
    """A network that returns its outputs by name: normalized (N, C, H, W) -> {name: tensor}.

    Formats disagree about 64-bit integers and truth values, so both become 32-bit integers.
    """

    def __init__(self, network: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.network, self.names = network, tuple(names)
        self.training = False

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return dict(zip(self.names, tensors(self.network(x)), strict=True))


def tensors(answer: object) -> list[Tensor]:
    """The tensors that a network returned, in whatever it held them."""
    found = [leaf for leaf in tree_leaves(answer) if isinstance(leaf, Tensor)]
    return [t if t.is_floating_point() else t.to(torch.int32) for t in found]


def with_outputs(source: Source, answer: Mapping[str, Tensor], task: Task | None = None) -> Source:
    """A network with what it returned for one picture described, and named unless it classifies.

    Args:
        answer: by name, "" for one that is alone and has none.
        task: what it is for, where its outputs leave that open.
    """
    outputs = describe(answer, source.input, task)
    if task_of(outputs) is Task.CLASSIFICATION:
        labels = source.labels or numbered(outputs[0].shape[1])
        return replace(source, labels=labels, outputs=outputs)
    named = NamedOutputs(source.network, [output.name for output in outputs])
    return replace(source, network=named, labels=(), outputs=outputs)


def for_task(source: Source, task: Task) -> Source:
    """A network for what it is wanted for: a classifier of timm gives up its last layer.

    Raises:
        ModelError: its outputs cannot be meant for that.
    """
    network, names = source.network, [output.name for output in source.outputs]
    if isinstance(network, NamedOutputs):
        network = network.network
    elif task is Task.EMBEDDING and hasattr(network, "reset_classifier"):
        network.reset_classifier(0)  # pyright: ignore[reportCallIssue]
    spec = source.input
    with torch.no_grad():
        found = tensors(network(torch.zeros(1, spec.channels, spec.height, spec.width)))
    if len(found) == 1 and names[0] == source.outputs[0].meaning:
        names = [""]  # It was called what it was taken for.
    answer = dict(zip(names, found, strict=True))
    meant = with_outputs(replace(source, network=network), answer, task)
    if task_of(meant.outputs) is not task:
        shapes = ", ".join(f"{o.name} {list(o.shape)}" for o in source.outputs)
        raise ModelError(f"'{source.name}' gives {shapes}, which is nothing for '{task}'")
    return meant
