"""Every checkpoint that ships is what the record beside it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

import irrvit.model.spec
from irrvit.model import sources
from irrvit.model.data import fashion_mnist, tiny_imagenet
from irrvit.model.data.find import load_dataset
from irrvit.model.evaluate import evaluate, normalized, to_unit
from irrvit.model.network import variants

FOLDER = Path(irrvit.model.spec.__file__).parent / "weights"
NAMES = sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def record(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def test_ours_ship():
    assert NAMES == ["irrvit_60m", "irrvit_fashion"]


@pytest.mark.parametrize("name", NAMES)
class TestEveryCheckpoint:
    def test_is_what_its_variant_loads(self, name):
        source = sources.load(name)
        sha256 = record(name)["checkpoint_sha256"]
        assert source.weights == f"checkpoint {name}.safetensors sha256 {sha256}"
        assert sha256 in sources.fingerprint(name)

    def test_is_smaller_than_3_mb(self, name):
        assert (FOLDER / f"{name}.safetensors").stat().st_size < 3e6

    def test_says_how_it_was_made(self, name):
        told = record(name)
        assert told["command"].startswith(f"irrvit-train --model {name} ")
        assert told["variant"] == name
        assert told["recipe"]["epochs"] > 0
        assert {"seed", "batch", "lr", "augmentation"} <= told["recipe"].keys()

    def test_the_network_waited_little_for_pictures(self, name):
        assert record(name)["loading_share"] < 0.10

    def test_curves_are_beside_it(self, name):
        assert (FOLDER / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_changed_parts_of_a_shipped_variant_are_random():
    source = sources.load("irrvit_fashion+average")
    assert (source.weights, len(source.labels)) == ("random (seed 0)", 1000)


def test_fashion_network_eats_and_names_what_the_data_set_does():
    source = sources.load("irrvit_fashion")
    assert source.labels == fashion_mnist.LABELS
    assert (source.input.height, source.input.width, source.input.resize) == (28, 28, 28)
    assert variants.get("irrvit_fashion").input_size == 28


def test_natural_network_eats_and_names_what_the_data_set_does():
    source = sources.load("irrvit_60m")
    assert source.labels == tiny_imagenet.LABELS
    assert (source.input.height, source.input.width, source.input.resize) == (56, 56, 56)


@pytest.mark.parametrize(("picture", "label"), [("chelsea", "tabby"), ("coffee", "espresso")])
def test_natural_network_names_what_is_in_photographs_of_full_size(picture, label):
    source = sources.load("irrvit_60m")
    path = Path(__file__).parents[2] / "export/cases" / f"{picture}.jpg"
    with Image.open(path) as image:
        pixels = irrvit.model.spec.preprocess(image, source.input)[None].copy()
    unit = to_unit(pixels, torch.device("cpu"))
    with torch.no_grad():
        logits = source.network(normalized(unit, source.input))
    assert source.labels[logits.argmax()].partition(",")[0] == label


def test_natural_network_is_right_about_half_of_the_pictures_it_never_saw():
    told = record("irrvit_60m")
    assert told["pictures"] == {"train": 95_000, "held_out": 5_000, "test": 10_000}
    assert told["test_top1"] > 0.52


@pytest.mark.slow
@pytest.mark.skipif(
    not fashion_mnist.ROOT.exists(), reason="Debian's package dataset-fashion-mnist is missing"
)
def test_accuracy_on_the_test_pictures_is_the_recorded_one():
    source, data = sources.load("irrvit_fashion"), load_dataset("fashion-mnist")
    told = record("irrvit_fashion")
    assert told["data_sha256"] == data.sha256
    assert data.test is not None
    with torch.no_grad():
        _, top1 = evaluate(source.network, data.test, source.input)
    # A picture on the fence may fall to the other side on another CPU.
    assert round(top1 * 10_000) == pytest.approx(round(told["test_top1"] * 10_000), abs=2)
