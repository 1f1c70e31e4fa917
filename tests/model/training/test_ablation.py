from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data import picture_folder
from irrvit.model.errors import BadData, UnknownModel
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


def test_some_parts_are_compared_alone_and_each_once():
    whole = variants.get("irrvit_fashion")
    names = [n.name for n in ablation.networks(whole, 10, ["average", "conv7+average", "average"])]
    assert names == [whole.name, f"{whole.name}+average", f"{whole.name}+conv7+average"]


def test_a_part_that_does_not_exist_is_named():
    with pytest.raises(UnknownModel, match=r"unknown part of 'irrvit_fashion\+conv8': .*'conv7'"):
        ablation.networks(variants.get("irrvit_fashion"), 10, ["conv8"])


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
        assert "| 90.10 | 0.20 | -3.00 ± 0.28 |" in lines[2]

    def test_one_seed_decides_nothing(self):
        lines = ablation.table(list(self.RUNS[:3])).splitlines()
        assert lines[-1].endswith("| one seed |")


def two_networks(difference: float, *, seeds: int = 2, spread: float = 0.2) -> list[AblationRun]:
    """The whole network at 93 % and another, `difference` points from it, both with a spread."""
    steps = [spread * (seed - (seeds - 1) / 2) for seed in range(seeds)]
    return [
        ablation_run(name, seed, (mean + step) / 100)
        for name, mean in (("whole", 93.0), ("other", 93.0 + difference))
        for seed, step in enumerate(steps)
    ]


class TestNoise:
    """A difference counts beyond twice its standard error, sqrt(2 * variance / seeds)."""

    def verdict(self, runs: list[AblationRun]) -> str:
        return ablation.table(runs).splitlines()[-1].split("|")[-2].strip()

    # Two seeds 0.2 apart: variance 0.02, error sqrt(0.02) = 0.1414, limit 0.2828.
    # Three seeds 0.2 apart each: variance 0.04, error sqrt(0.08 / 3) = 0.1633, limit 0.3266.
    @pytest.mark.parametrize("sign", [1, -1])
    @pytest.mark.parametrize(
        ("seeds", "difference", "verdict"),
        [
            (2, 0.281, "noise"),
            (2, 0.285, "beyond noise"),
            (3, 0.325, "noise"),
            (3, 0.328, "beyond noise"),
        ],
    )
    def test_limit(self, sign, seeds, difference, verdict):
        assert self.verdict(two_networks(sign * difference, seeds=seeds)) == verdict

    @pytest.mark.parametrize(("difference", "verdict"), [(1.0, "noise"), (1.001, "beyond noise")])
    def test_exactly_twice_the_error_is_noise(self, difference, verdict):
        assert ablation._verdict(difference, 0.5) == verdict

    def test_spreads_of_all_networks_are_taken_together(self):
        """Variances 0.02 and 0.32: their mean is 0.17, the limit 0.8246."""
        for difference, verdict in ((0.82, "noise"), (0.83, "beyond noise")):
            whole = two_networks(0)[:2]
            other = two_networks(difference, spread=0.8)[2:]
            assert self.verdict(whole + other) == verdict

    def test_the_fewest_seeds_decide(self):
        """Three runs of one, two of the other: variances 0.04 and 0.02, limit 2 sqrt(0.03)."""
        for difference, verdict in ((0.344, "noise"), (0.348, "beyond noise")):
            whole, other = two_networks(0, seeds=3)[:3], two_networks(difference)[2:]
            assert self.verdict(whole + other) == verdict

    def test_a_network_that_was_run_once_leaves_the_error_unknown(self):
        assert self.verdict(two_networks(5)[:3]) == "one seed"


class TestMatched:
    TINY = variants.get("irrvit_tiny")

    @pytest.mark.parametrize(("off", "same"), [(0.019, True), (0.021, False)])
    @pytest.mark.parametrize("sign", [1, -1])
    def test_within_two_percent_nothing_is_changed(self, off, same, sign, monkeypatch):
        monkeypatch.setattr(ablation, "_DIMS", (32,))
        monkeypatch.setattr(ablation, "_DEPTHS", (2,))
        target = round(ablation._macs(self.TINY, 10) / (1 + sign * off))
        if same:
            assert ablation._matched(self.TINY, target, 10) == self.TINY
        else:
            with pytest.raises(NoMatch):
                ablation._matched(self.TINY, target, 10)

    def test_the_smallest_can_be_reached(self, monkeypatch):
        monkeypatch.setattr(ablation, "_DIMS", (16, 32))  # Every width is counted anew.
        smallest = self.TINY.model_copy(update={"dim": 16, "depth": 1})
        assert ablation._matched(self.TINY, ablation._macs(smallest, 10), 10) == smallest


def test_one_seed_is_refused(run):
    with pytest.raises(BadData, match="1 seeds show no spread"):
        ablation.train_all(run, 1, lambda step: None)


@pytest.mark.slow
@pytest.mark.needs("accelerate", "matplotlib")
def test_a_run_that_was_stopped_goes_on_and_leaves_table_and_plot(run, monkeypatch):
    monkeypatch.setattr(ablation, "evaluate", lambda *given: (9.0, 0.75))  # Loss and top-1.
    steps: list[Step] = []

    def stop(step: Step) -> None:
        steps.append(step)
        if len(steps) == 5:  # Two steps a network: in the third.
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ablation.train_all(run, 2, stop, ["average"])
    assert len(ablation.train_all(run, 2, steps.append, ["average"])) == 4
    assert len(steps) == 5 + 4  # The first two networks were not trained again.
    with (run.out / "ablation.csv").open() as file:
        table = list(csv.DictReader(file))
    assert {row["top1"] for row in table} == {"0.75"}
    rows = [(row["network"], row["seed"]) for row in table]
    names = ("irrvit_tiny", "irrvit_tiny+average")
    assert rows == [(name, seed) for seed in "01" for name in names]
    assert (run.out / "ablation.md").read_text().count("irrvit_tiny") == 2
    with Image.open(run.out / "ablation.png") as image:
        assert image.format == "PNG"
