from __future__ import annotations

import csv
from dataclasses import asdict

import pytest
from PIL import Image

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint
from irrvit.model.spec import InputSpec
from irrvit.model.training.outputs import write_checkpoint, write_curves, write_log
from irrvit.model.training.state import Epoch

HISTORY = [Epoch(n, 0.1 / n, 2.0 / n, 2.5 / n, 0.5 + n / 20, 10.0, 0.1, 0.2) for n in (1, 2, 3)]
SPEC = InputSpec(height=56, width=56, resize=60, mean=(0.3, 0.3, 0.3), std=(0.2, 0.2, 0.2))
LABELS = ("cat", "dog")


@pytest.fixture
def network():
    from irrvit.model.network import variants
    from irrvit.model.network.irrvit import IRRViT

    return IRRViT(variants.get("irrvit_tiny"), 2)


def test_checkpoint_says_its_input_and_its_labels(network, tmp_path):
    path = tmp_path / "w.safetensors"
    write_checkpoint(network, path, SPEC, LABELS)
    source = sources.load("irrvit_tiny", path)
    assert (source.input, source.labels) == (SPEC, LABELS)


def test_checkpoint_of_another_input_than_its_network_is_refused(network, tmp_path):
    path = tmp_path / "w.safetensors"
    write_checkpoint(network, path, SPEC.model_copy(update={"height": 28}), LABELS)
    with pytest.raises(BadCheckpoint, match=r"has an input of 28 x 56, and .* one of 56 x 56"):
        sources.load("irrvit_tiny", path)


def test_names_of_more_classes_than_a_checkpoint_has_are_left_out_and_that_is_said(
    network, tmp_path
):
    path = tmp_path / "w.safetensors"
    write_checkpoint(network, path, SPEC, ("cat", "dog", "emu"))
    source = sources.load("irrvit_tiny", path)
    assert len(source.labels) == 2
    assert "cat" not in source.labels
    (warning,) = source.warnings
    assert "names 3 classes and has 2" in warning


def test_log_is_the_history(tmp_path):
    write_log(HISTORY, tmp_path / "log.csv")
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [{k: float(v) for k, v in row.items()} for row in rows] == [asdict(e) for e in HISTORY]


def test_curves_are_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    write_curves(HISTORY, tmp_path / "c.png", "title")
    with Image.open(tmp_path / "c.png") as image:
        assert image.format == "PNG"
        assert len(image.convert("RGB").getcolors(1 << 20) or []) > 50
    assert [p.name for p in tmp_path.iterdir()] == ["c.png"]
