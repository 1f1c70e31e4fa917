"""Putting a checkpoint's tensors into a network, or saying why they do not fit."""

from __future__ import annotations

from torch import Tensor, nn

from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import files, lookalike
from irrvit.model.sources.checkpoints.checkpoint import Checkpoint, first


def fit(network: nn.Module, checkpoint: Checkpoint) -> None:
    """Put a checkpoint's tensors into a network.

    Raises:
        BadCheckpoint: listing the names that are missing, unexpected or of another shape, and
            guessing which network they are of.
    """
    own = network.state_dict()
    checkpoint = checkpoint.for_network(own)
    given = checkpoint.tensors
    # Only training reads this counter, and old files lack it.
    missing = [k for k in own if k not in given and not k.endswith("num_batches_tracked")]
    unexpected = [k for k in given if k not in own]
    reshaped = [
        f"{k} (got {_form(given[k], own[k])}, expected {_form(own[k], given[k])})"
        for k in own
        if k in given and not _is_alike(own[k], given[k])
    ]
    findings = {"missing": missing, "unexpected": unexpected, "of another shape": reshaped}
    if any(findings.values()):
        lists = "".join(
            f"\n  {len(found)} {what}: {first(found)}" for what, found in findings.items() if found
        )
        raise BadCheckpoint(
            f"'{checkpoint.path}' does not fit the network, which has {len(own)} tensors where the "
            f"file has {len(given)}: {_advice(checkpoint, network)}{lists}"
        )
    network.load_state_dict(dict(given), strict=False)


def _advice(checkpoint: Checkpoint, network: nn.Module) -> str:
    index = files.index_of(checkpoint.path) if checkpoint.path.is_file() else None
    if index is not None:
        return f"it is one of several files, give '{index}' or its folder"
    shapes = {name: tuple(tensor.shape) for name, tensor in checkpoint.tensors.items()}
    likely = lookalike.guess(shapes, lookalike.shapes_of(network))
    if likely:
        return f"these look like {' or '.join(likely)}"
    said = checkpoint.config.get("architectures") or checkpoint.config.get("architecture")
    if said:
        return f"its config.json says that they are of {said if isinstance(said, str) else said[0]}"
    return "give the network that these weights were trained in"


def _is_alike(own: Tensor, given: Tensor) -> bool:
    """Whether a tensor can stand for another; whole numbers are no weights."""
    same_kind = given.is_floating_point() or not own.is_floating_point()
    return own.shape == given.shape and same_kind


def _form(tensor: Tensor, other: Tensor) -> str:
    if tensor.shape == other.shape:
        return str(tensor.dtype).removeprefix("torch.")
    return str(list(tensor.shape))
