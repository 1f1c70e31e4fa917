"""Tensors without a name are known by their names and shapes."""

import pytest
import torch

from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.sources.checkpoints import lookalike

timm = pytest.importorskip("timm")


def shapes(architecture, **options):
    with torch.device("meta"):
        return lookalike.shapes_of(timm.create_model(architecture, **options))


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        ("mobilenetv3_large_100", {"num_classes": 7}),
        ("resnet18", {"num_classes": 3}),
        ("vit_tiny_patch16_224", {"num_classes": 2, "img_size": 160}),
        ("mobilenetv4_conv_small", {}),
    ],
)
@pytest.mark.parametrize("prefix", ["", "model.module."])
def test_networks_of_timm_are_known(architecture, options, prefix):
    wrapped = {prefix + name: shape for name, shape in shapes(architecture, **options).items()}
    assert lookalike.guess(wrapped, {})[0] == f"timm:{architecture}"


def test_our_own_are_known():
    with torch.device("meta"):
        own = lookalike.shapes_of(IRRViT(variants.get("irrvit_300m"), 12))
    assert lookalike.guess(own, {})[0] == "irrvit_300m"


def test_a_narrower_network_is_told_by_its_shapes():
    assert lookalike.guess(shapes("mobilenetv3_large_075"), {})[0] == "timm:mobilenetv3_large_075"


def test_nothing_is_guessed_of_strangers():
    assert lookalike.guess({f"layer{i}.w": (i,) for i in range(40)}, {}) == []
    assert lookalike.guess({}, {}) == []


def test_nothing_is_said_that_is_no_nearer_than_what_was_tried():
    own = shapes("resnet18", num_classes=3)
    assert lookalike.guess(own, shapes("resnet18")) == []


def test_a_sketch_is_of_names_and_shapes_alone():
    one = {"a": (1, 2), "b": (3,)}
    assert lookalike.sketch(one) == lookalike.sketch(
        {"b": [3], "a": [1, 2], "n.num_batches_tracked": ()}
    )
    assert lookalike.sketch(one) != lookalike.sketch({"a": (2, 1), "b": (3,)})


def test_the_table_has_the_networks_of_this_timm():
    rows = dict(line.split(" ") for line in lookalike.TABLE.read_text().splitlines())
    assert set(rows) == set(timm.list_models())
    for architecture in ("mobilenetv3_small_050", "deit_tiny_patch16_224", "repvit_m0_9"):
        assert rows[architecture] == "".join(lookalike.sketch(shapes(architecture)))
