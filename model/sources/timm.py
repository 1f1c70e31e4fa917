"""Classifiers of timm: their preprocessing, labels and class count come with them.

timm: R. Wightman, "PyTorch Image Models", https://github.com/huggingface/pytorch-image-models
"""

from __future__ import annotations

import math
from difflib import get_close_matches

import torch
from torch import nn

from irrvit.model.errors import MissingPackage, ModelError, UnknownModel, WeightsUnavailable
from irrvit.model.sources import random_weights, timm_config
from irrvit.model.sources.checkpoints.checkpoint import Checkpoint
from irrvit.model.sources.checkpoints.fit import fit
from irrvit.model.sources.source import Source, numbered
from irrvit.model.sources.timm_config import AsTrained
from irrvit.model.spec import InputSpec

try:
    import timm
    from timm.data.config import resolve_model_data_config
    from timm.data.imagenet_info import ImageNetInfo, infer_imagenet_subset
except ModuleNotFoundError as missing:
    raise MissingPackage(missing.name or "timm", "timm") from missing


def load(name: str, weights: Checkpoint | None) -> Source:
    """Build `timm:NAME`; with a tag, `timm:NAME.TAG`, timm downloads those weights.

    Raises:
        UnknownModel: timm has no such network, or no such tag of it.
        WeightsUnavailable: the tag's weights cannot be downloaded.
        ModelError: it is not a classifier of RGB pictures, or is fed in a way that cannot be said.
    """
    architecture = name.removeprefix("timm:")
    _require_known(architecture)
    if weights is not None:
        network, weights = fitted(architecture, weights)
        spec, origin = input_spec(network), weights.description
    elif "." in architecture:
        network = _with_download(architecture)
        spec, origin = input_spec(network), f"timm {timm.__version__}, {architecture}"
    else:
        network = build(architecture)
        spec, origin = input_spec(network), random_weights.DESCRIPTION
    classes = _require_classifier(network, spec, name)
    if origin == random_weights.DESCRIPTION:
        random_weights.make_healthy(network, spec)
    source = Source(name, network, spec, labels(network, classes), origin)
    return source if weights is None else weights.described(source)


def build(
    architecture: str, classes: int | None = None, as_trained: AsTrained | None = None
) -> nn.Module:
    """Create a network with fresh weights from seed 0, in eval mode."""
    said = as_trained or AsTrained()
    with random_weights.seeded(0):
        return timm.create_model(
            architecture,
            pretrained=False,
            num_classes=classes,
            pretrained_cfg_overlay=dict(said.about_input),
            **said.arguments,
        ).eval()


def fitted(architecture: str, weights: Checkpoint) -> tuple[nn.Module, Checkpoint]:
    """Create a network with a checkpoint's weights and as many classes as it was trained for.

    Returns:
        The network, and the checkpoint under the names that the network has.
    """
    said = timm_config.read(weights.config, weights.path)
    network = build(architecture, as_trained=said)
    weights = weights.for_network(network.state_dict()).noting(said.notes)
    heads = getattr(network, "pretrained_cfg", {}).get("classifier") or ()
    head = heads if isinstance(heads, str) else next(iter(heads), "")
    classes = weights.rows(f"{head}.weight") or classes_of(network)
    if classes != classes_of(network):
        network = build(architecture, classes, said)
    fit(network, weights)
    return network, weights


def classes_of(network: nn.Module) -> int:
    """How many classes a timm network says that it has; 0 without a classifier."""
    return getattr(network, "num_classes", 0)


def input_spec(network: nn.Module) -> InputSpec:
    """Say what a timm network eats in our terms."""
    config = resolve_model_data_config(network)
    channels, height, width = config["input_size"]
    if channels != 3:
        raise ModelError(f"the network takes {channels} channels: expected one for RGB pictures")
    return InputSpec(
        height=height,
        width=width,
        resize=math.floor(min(height, width) / config["crop_pct"]),
        crop=config["crop_mode"],
        interpolation=config["interpolation"],
        mean=config["mean"],
        std=config["std"],
    )


def labels(network: nn.Module, classes: int) -> tuple[str, ...]:
    """Name the classes after the ImageNet subset that the network was made for, if any."""
    subset = infer_imagenet_subset(network)
    info = ImageNetInfo(subset) if subset else None
    if info is None or info.num_classes() != classes:
        return numbered(classes)
    return tuple(info.index_to_description(i) for i in range(classes))


def _require_known(architecture: str) -> None:
    if not timm.is_model(architecture):
        near = get_close_matches(architecture, timm.list_models(), n=3)
        hint = f"; did you mean {' or '.join(f'timm:{n}' for n in near)}?" if near else ""
        raise UnknownModel(f"timm {timm.__version__} has no network '{architecture}'{hint}")
    base, _, tag = architecture.partition(".")
    known = [n.partition(".")[2] for n in timm.list_pretrained(f"{base}.*")]
    if tag and tag not in known:
        there = ", ".join(known) or "none"
        raise UnknownModel(f"timm's '{base}' has no weights tagged '{tag}': there are {there}")


def _with_download(architecture: str) -> nn.Module:
    try:
        return timm.create_model(architecture, pretrained=True).eval()
    # The hub's client, its HTTP library and the disk each have their own family of errors.
    except Exception as error:
        raise WeightsUnavailable(
            f"the weights '{architecture}' could not be downloaded ({type(error).__name__}): give "
            f"them with --checkpoint FILE, or name timm:{architecture.partition('.')[0]} without "
            "the tag for random weights"
        ) from error


def _require_classifier(network: nn.Module, spec: InputSpec, name: str) -> int:
    """Count the classes by asking the network."""
    classes = classes_of(network)
    if classes == 0:
        raise ModelError(f"'{name}' has no classifier: expected a network with classes")
    with torch.no_grad():
        output = network(torch.zeros(1, 3, spec.height, spec.width))
    if not isinstance(output, torch.Tensor) or output.shape != (1, classes):
        got = list(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
        raise ModelError(f"'{name}' returns {got} for one picture: expected [1, {classes}] logits")
    return classes
