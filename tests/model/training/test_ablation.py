from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data import picture_folder
from irrvit.model.errors import BadData
from irrvit.model.network import variants
from irrvit.model.network.variants import Variant
from irrvit.model.training import ablation
from irrvit.model.training.ablation import PARTS, AblationRun, NoMatch
from irrvit.model.training.loop import Step
from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.run import TrainingRun


def ablation_run(network: str, seed: int, top1: float) -> AblationRun:
    return AblationRun(network, 64, 2, 19.7, 200_000, seed, top1)


@pytest.fixture
def run(tmp_path) -> TrainingRun:
    for label, level in (("black", 30), ("white", 220)):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for i in range(12):
            pixels = np.full((20, 20, 3), level + i, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / label / f"{i}.png")
    recipe = get_recipe("plain").model_copy(update={"epochs": 1, "batch": 8})
    data = picture_folder.load(tmp_path / "pictures")
    return TrainingRun(variants.get("irrvit_tiny"), data, recipe, tmp_path / "out")


@pytest.fixture(scope="module")
def networks() -> list[Variant]:
    return ablation.networks(variants.get("irrvit_fashion"), 10)


def test_networks_cost_the_same_within_two_percent(networks):
    target = ablation._macs(networks[0], 10)
    assert networks[0] == variants.get("irrvit_fashion")
    assert [o.name for o in networks[1:]] == [f"irrvit_fashion+{part}" for part in PARTS]
    for other in networks[1:]:
        assert ablation._macs(other, 10) == pytest.approx(target, rel=0.02), other.name


def test_every_choice_of_the_article_is_a_row(networks):
    assert {n.patch_embedding for n in networks} == {"irregular", "conv7", "conv14", "linear14"}
    assert {n.fusion for n in networks} == {"patch_fusion", "class_token", "average"}
    assert {n.position for n in networks} == {"learned", "sincos", "none"}


def test_network_too_small_to_be_matched_is_named():
    with pytest.raises(NoMatch, match=r"no irrvit_tiny\+linear14\+class_token has within 2%"):
        ablation.networks(variants.get("irrvit_tiny"), 10)


class TestTable:
    RUNS = tuple(
        ablation_run(name, seed, top1 + seed * 0.002)
        for seed in (0, 1)
        for name, top1 in (("whole", 0.93), ("near", 0.929), ("far", 0.90))
    )

    def test_difference_beyond_the_spread_is_told_from_noise(self):
        lines = ablation.table(list(self.RUNS)).splitlines()[2:]
        assert [line.split("|")[1].strip() for line in lines] == ["whole", "near", "far"]
        assert [line.split("|")[-2].strip() for line in lines] == ["", "noise", "beyond noise"]
        assert "| 93.10 | 0.20 | +0.00 |" in lines[0]
        assert "| 90.10 | 0.20 | -3.00 |" in lines[2]

    def test_one_seed_decides_nothing(self):
        lines = ablation.table(list(self.RUNS[:3])).splitlines()
        assert lines[-1].endswith("| one seed |")


def test_one_seed_is_refused(run):
    with pytest.raises(BadData, match="1 seeds show no spread"):
        ablation.train_all(run, 1, lambda step: None)


@pytest.mark.slow
@pytest.mark.needs("accelerate", "matplotlib")
def test_a_run_that_was_stopped_goes_on_and_leaves_table_and_plot(run, monkeypatch):
    monkeypatch.setattr(ablation, "PARTS", ("average",))  # Two networks instead of eight.
    steps: list[Step] = []

    def stop(step: Step) -> None:
        steps.append(step)
        if len(steps) == 5:  # Two steps a network: in the third.
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ablation.train_all(run, 2, stop)
    assert len(ablation.train_all(run, 2, steps.append)) == 4
    assert len(steps) == 5 + 4  # The first two networks were not trained again.
    with (run.out / "ablation.csv").open() as file:
        rows = [(row["network"], row["seed"]) for row in csv.DictReader(file)]
    names = ("irrvit_tiny", "irrvit_tiny+average")
    assert rows == [(name, seed) for seed in "01" for name in names]
    assert (run.out / "ablation.md").read_text().count("irrvit_tiny") == 2
    with Image.open(run.out / "ablation.png") as image:
        assert image.format == "PNG"
