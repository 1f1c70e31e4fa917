"""From options to a training: the recipe with what was overridden, threads, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from irrvit.model.errors import BadCheckpoint, BadData, UnknownModel
from irrvit.model.training import options as training_options
from irrvit.model.training.options import BadTrainingOption, TrainingOptions, prepare
from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.recipes.recipe import Distillation


@pytest.fixture(autouse=True)
def _threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def options(tmp_path) -> TrainingOptions:
    for label, level in (("black", 30), ("white", 220)):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for i in range(12):
            pixels = np.full((20, 20, 3), level + i, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / label / f"{i}.png")
    return TrainingOptions("irrvit_tiny", str(tmp_path / "pictures"), tmp_path / "a" / "out")


def test_a_run_is_what_was_asked_for(options):
    run = prepare(options)
    assert (run.variant.name, run.data.labels) == ("irrvit_tiny", ("black", "white"))
    assert (run.recipe, run.out, run.init) == (get_recipe("plain"), options.out, None)
    assert options.out.is_dir()


def test_what_was_given_replaces_the_recipes_own(options):
    overrides = {"epochs": 3, "batch": None, "lr": 0.5, "seed": 7}
    run = prepare(replace(options, recipe="finish", overrides=overrides))
    expected = get_recipe("finish").model_copy(update={"epochs": 3, "lr": 0.5, "seed": 7})
    assert run.recipe == expected


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"model": "irvit_tiny"}, UnknownModel, "did you mean 'irrvit_tiny'?"),
        ({"data": "nowhere"}, BadData, "unknown data 'nowhere'"),
        (
            {"recipe": "best"},
            BadTrainingOption,
            "finish, finish_photographs, imagenet, photographs, plain",
        ),
        ({"overrides": {"epochs": 0}}, BadTrainingOption, "--epochs 0: Input should be greater"),
        ({"test": True}, BadTrainingOption, "--test: nobody set test pictures"),
        ({"threads": 0}, BadTrainingOption, "--threads 0: expected 1 or more"),
        ({"teacher_views": 3}, BadTrainingOption, "--teacher-views: there is no --teacher"),
        (
            {"teacher": "irrvit_fashion", "teacher_views": 0},
            BadTrainingOption,
            "--teacher-views 0: Input should be greater",
        ),
        (
            {"model": "mobilenetv2_60m", "recipe": "imagenet"},
            BadTrainingOption,
            "--recipe imagenet cannot be used for mobilenetv2_60m",
        ),
        ({"seeds": 0}, BadTrainingOption, "--seeds: there is no --ablation"),
        ({"parts": ("conv14",)}, BadTrainingOption, "--part: there is no --ablation"),
        (
            {"ablation": True, "init": Path("absent.pth")},
            BadTrainingOption,
            "--init: each network of --ablation begins with its own weights",
        ),
        ({"download": True}, BadData, "--data-root and --download belong to named data sets"),
        ({"init": Path("absent.pth")}, BadCheckpoint, "'absent.pth' does not exist"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_makes_no_sense_is_refused(options, change, error, said):
    with pytest.raises(error) as refused:
        prepare(replace(options, **change))
    assert said in str(refused.value)


def test_views_are_the_teachers(options):
    recipe = prepare(replace(options, teacher="irrvit_fashion", teacher_views=5)).recipe
    assert recipe.distillation == Distillation(teacher="irrvit_fashion", views=5)


def test_one_thread_is_enough(options):
    prepare(replace(options, threads=1))
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("cores", "processes", "threads"), [(8, "1", 8), (8, "2", 4), (8, "3", 2), (2, "4", 1)]
)
def test_processes_of_one_machine_share_its_cores(monkeypatch, cores, processes, threads):
    monkeypatch.setattr(training_options.os, "cpu_count", lambda: cores)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", processes)
    assert training_options._fair_threads() == threads


class TestPicturesToLearnFrom:
    """A folder that files can be tried on is not always one that can be learnt from."""

    @staticmethod
    def thin_out(options, each):
        for path in Path(options.data).glob("*/*"):
            if int(path.stem) >= each:
                path.unlink()

    @pytest.mark.parametrize(("each", "held_out"), [(6, 2), (12, 2)])
    def test_six_of_a_class_are_enough_to_hold_one_out(self, options, each, held_out):
        self.thin_out(options, each)
        assert len(prepare(options).data.held_out) == held_out

    def test_five_are_too_few(self, options):
        self.thin_out(options, 5)
        with pytest.raises(BadData, match="no class has the six of which one is held out"):
            prepare(options)

    @pytest.mark.parametrize("file", ["notes.txt", "broken.png"])
    def test_a_class_without_pictures_is_refused(self, options, file):
        (Path(options.data) / "emu").mkdir()
        (Path(options.data) / "emu" / file).write_text("none yet")
        with pytest.raises(BadData, match="no readable picture in emu: add some, or remove"):
            prepare(options)

    def test_one_class_is_none(self, options):
        (Path(options.data) / "white").rename(options.out.parent.parent / "white")
        with pytest.raises(BadData, match="has one class, 'black': expected one folder"):
            prepare(options)
