"""The paths of modules in the names that litert-torch gives tensors."""

import pytest

from irrvit.benchmark.nodes import tflite_path

WRAPPED = (
    "irrvit.export.targets.tflite._NamedOutput/irrvit.export.pixels.ChannelsLast_network/"
    "irrvit.model.fold.PixelInput_network"
)
NETWORK = f"{WRAPPED}/irrvit.model.network.IRRViT_network"
CONV = "torch.nn.modules.conv.Conv2d"
STEM = f"{NETWORK}/torch.nn.modules.container.Sequential_stem"
EMBED = f"{NETWORK}/irrvit.model.patch_embed.FoldedTokenEmbed_patch_embed"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (f"{WRAPPED};1", ""),
        (f"{STEM}/irrvit.model.layers.SeparableBlock_3/{CONV}_depthwise;2", "stem.3.depthwise"),
        (EMBED, "patch_embed"),
        (f"{STEM}/torch.nn.modules.activation.ReLU_1;;{EMBED};1", "stem.1"),
        ("serving_default_logits_output", None),
        ("arith.constant12", None),
    ],
)
def test_the_name_of_a_tensor_has_the_path_of_its_module(name, path):
    assert tflite_path(name) == path
