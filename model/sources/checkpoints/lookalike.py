"""Which network a set of tensors looks like, by names and shapes.

Building all of timm's networks takes minutes, even without memory for their weights, so a table
beside this file holds a sketch of each: the smallest hashes of its names and shapes (bottom-k:
Bar-Yossef et al., "Counting distinct elements in a data stream", 2002). The few networks whose
sketches are nearest are then built and compared whole, so that an old table misses a network and
claims nothing wrong. `scripts/sketch_timm.py` writes the table.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch

from irrvit.model.network import variants

TABLE = Path(__file__).with_name("timm_sketches.txt")

_KEPT, _DIGITS = 12, 6  # Hashes of a sketch; hexadecimal digits of each.
_BUILT = 4  # How many of the nearest are built to be compared whole: half a second each.
_SHOWN = 2
_ALIKE = 0.5  # Of names with their shapes; below it nothing is guessed.
_NEARLY = 0.02  # What another number of classes, or a head left out, may change.
_COUNTER = "num_batches_tracked"

Shapes = Mapping[str, Sequence[int]]
"""The shape of every tensor of a state_dict, by name."""


def sketch(shapes: Shapes) -> tuple[str, ...]:
    """The smallest hashes of names with their shapes, in order; counters are left out."""
    hashes = {
        hashlib.blake2b(f"{name} {list(shape)}".encode()).hexdigest()[:_DIGITS]
        for name, shape in shapes.items()
        if not name.endswith(_COUNTER)
    }
    return tuple(sorted(hashes)[:_KEPT])


def guess(shapes: Shapes, tried: Shapes) -> list[str]:
    """Names of networks, as --model takes them, that have these tensors; the likeliest first.

    Args:
        tried: of the network that they do not fit; nothing is said that is no nearer.
    """
    scored: dict[str, float] = {}
    for inner in _unwrapped(shapes):
        for name, own in _candidates(inner):
            scored[name] = max(_likeness(inner, own), scored.get(name, 0.0))
    best = max(scored.values(), default=0.0)
    if best < _ALIKE or best <= max(_likeness(inner, tried) for inner in _unwrapped(shapes)):
        return []
    near = [name for name, likeness in scored.items() if likeness >= best - _NEARLY]
    return sorted(near, key=lambda name: (-scored[name], "tf_" in name, len(name)))[:_SHOWN]


def _candidates(shapes: Shapes) -> list[tuple[str, Shapes]]:
    """Our networks, and those of timm that are nearest by their sketches, with their shapes."""
    from irrvit.model.network.irrvit import IRRViT

    found: list[tuple[str, Shapes]] = []
    with torch.device("meta"):
        if "head.classifier.weight" in shapes:
            classes = shapes["head.classifier.weight"][0]
            found = [(n, shapes_of(IRRViT(variants.get(n), classes))) for n in variants.names()]
        nearest = _nearest(sketch(shapes)) if find_spec("timm") else []
        if nearest:
            import timm  # Takes a second or more, and is not needed for our own.

            known = [name for name in nearest if timm.is_model(name)]
            found += [(f"timm:{n}", shapes_of(timm.create_model(n))) for n in known]
    return found


def shapes_of(network: torch.nn.Module) -> Shapes:
    """The shape of every tensor in a network's state_dict."""
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def _nearest(own: tuple[str, ...]) -> list[str]:
    """The networks of the table that share most of the smallest hashes."""
    shared: dict[str, float] = {}
    for line in TABLE.read_text().splitlines():
        name, _, digits = line.partition(" ")
        other = [digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS)]
        smallest = sorted({*own, *other})[:_KEPT]
        count = len(set(smallest) & set(own) & set(other))
        if 4 * count >= len(smallest):
            shared[name] = count / len(smallest)
    return sorted(shared, key=lambda name: (-shared[name], "tf_" in name, len(name)))[:_BUILT]


def _likeness(ours: Shapes, theirs: Shapes) -> float:
    """The share of tensors that two networks have in common, by names and shapes."""
    a, b = (
        {(name, tuple(shape)) for name, shape in shapes.items() if not name.endswith(_COUNTER)}
        for shapes in (ours, theirs)
    )
    return len(a & b) / max(len(a | b), 1)


def _unwrapped(shapes: Shapes) -> Iterator[Shapes]:
    """As they are, and without what nearly all names begin with: `model.`, `blocks.`, `model.m.`"""
    while shapes:
        yield shapes
        starts = Counter(name.partition(".")[0] for name in shapes if "." in name)
        start, count = starts.most_common(1)[0] if starts else ("", 0)
        if count < 0.9 * len(shapes):
            return
        inside = f"{start}."
        shapes = {n.removeprefix(inside): s for n, s in shapes.items() if n.startswith(inside)}
