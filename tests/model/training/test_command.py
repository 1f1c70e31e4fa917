"""What is written about a training: every figure of the record, from a history made up by hand."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.errors import BadCheckpoint
from irrvit.model.evaluate import evaluate
from irrvit.model.files import sha256
from irrvit.model.macs import count_macs
from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.training import command
from irrvit.model.training.options import TrainingOptions
from irrvit.model.training.outputs import TrainingRecord, write_checkpoint
from irrvit.model.training.recipes.recipe import Recipe
from irrvit.model.training.run import TrainingRun
from irrvit.model.training.state import Epoch, TrainingState, optimizer_of


def pictures(count: int) -> Pictures:
    return Pictures(lambda i: Image.new("L", (8, 8), 10 * i), np.arange(count) % 2)


DATA = Dataset(
    name="greys",
    labels=("even", "odd"),
    train=pictures(20),
    held_out=pictures(4),
    test=pictures(3),
    mean=(0.3, 0.3, 0.3),
    std=(0.2, 0.2, 0.2),
    crop=1.0,
    sha256="0" * 64,
)
HISTORY = [
    Epoch(1, 0.1, 2.0, 2.5, 0.50, 10.0, 0.5, 1.5),
    Epoch(2, 0.1, 1.0, 1.5, 0.75, 30.0, 1.0, 3.0),
]


@pytest.fixture
def run(tmp_path) -> TrainingRun:
    return TrainingRun(variants.get("irrvit_tiny"), DATA, Recipe(epochs=2, batch=8), tmp_path)


@pytest.fixture
def options(tmp_path) -> TrainingOptions:
    return TrainingOptions("irrvit_tiny", "greys", tmp_path, command="irrvit-train --x")


@pytest.fixture
def state() -> TrainingState:
    network = IRRViT(variants.get("irrvit_tiny"), 2)
    average = copy.deepcopy(network).eval()
    return TrainingState(network, average, optimizer_of(network, Recipe(epochs=1)), history=HISTORY)


def record(run: TrainingRun, options: TrainingOptions, state: TrainingState) -> TrainingRecord:
    path = run.out / "w.safetensors"
    write_checkpoint(state.average, path, run.spec, run.data.labels)
    return command._record(run, options, state, path)


class TestRecord:
    def test_sums_the_history_up(self, run, options, state):
        told = record(run, options, state)
        assert told.seconds == 40
        assert told.loading_share == pytest.approx(6 / 40)
        assert told.held_out_top1 == 0.75

    def test_names_what_was_trained_on_what_and_how(self, run, options, state):
        told = record(run, options, state)
        assert (told.command, told.variant) == ("irrvit-train --x", "irrvit_tiny")
        assert (told.data, told.data_sha256) == ("greys", "0" * 64)
        assert told.pictures == {"train": 20, "held_out": 4, "test": 3}
        assert Recipe.model_validate(told.recipe) == run.recipe
        assert told.checkpoint_sha256 == sha256(run.out / "w.safetensors", BadCheckpoint)

    def test_counts_the_network(self, run, options, state):
        told = record(run, options, state)
        assert told.parameters == sum(p.numel() for p in state.network.parameters())
        macs = count_macs(state.network.eval(), torch.zeros(1, 3, 56, 56))
        assert told.mmacs == pytest.approx(macs / 1e6, abs=0.005)

    def test_looks_at_the_test_pictures_only_when_asked(self, run, options, state):
        assert record(run, options, state).test_top1 is None
        looked = record(run, replace(options, test=True), state).test_top1
        assert looked == evaluate(state.average, DATA.test or DATA.train, run.spec)[1]

    def test_says_how_many_processes(self, run, options, state, monkeypatch):
        monkeypatch.setenv("WORLD_SIZE", "3")
        assert record(run, options, state).processes == 3


class TestBegunFrom:
    @pytest.fixture
    def init(self, tmp_path, state) -> Path:
        path = tmp_path / "before.safetensors"
        write_checkpoint(state.average, path, DATA.input_spec(56), DATA.labels)
        return path

    def begun_from(self, run, options, state, init):
        run = replace(run, init=checkpoint.read(init))
        return record(run, replace(options, init=init), state).begun_from

    def test_random_weights_have_no_past(self, run, options, state):
        assert record(run, options, state).begun_from is None

    def test_a_checkpoint_is_named_by_its_hash(self, run, options, state, init):
        expected = {"checkpoint_sha256": sha256(init, BadCheckpoint)}
        assert self.begun_from(run, options, state, init) == expected

    def test_a_record_beside_it_is_kept(self, run, options, state, init):
        told = {"data": "other", "checkpoint_sha256": "of a file that was replaced"}
        init.with_suffix(".json").write_text(json.dumps(told))
        expected = {"data": "other", "checkpoint_sha256": sha256(init, BadCheckpoint)}
        assert self.begun_from(run, options, state, init) == expected


@pytest.mark.needs("accelerate", "matplotlib")
class TestExecute:
    @pytest.fixture(autouse=True)
    def _threads(self):
        before = torch.get_num_threads()
        yield
        torch.set_num_threads(before)

    @pytest.fixture
    def options(self, tmp_path) -> TrainingOptions:
        for label, level in (("black", 30), ("white", 220)):
            (tmp_path / "pictures" / label).mkdir(parents=True)
            for i in range(12):
                pixels = np.full((20, 20, 3), level + i, np.uint8)
                Image.fromarray(pixels).save(tmp_path / "pictures" / label / f"{i}.png")
        return TrainingOptions(
            "irrvit_tiny",
            str(tmp_path / "pictures"),
            tmp_path / "out",
            overrides={"epochs": 1, "batch": 11},
            threads=1,
        )

    def test_returns_the_checkpoint_and_its_history(self, options):
        result = command.execute(options)
        assert result.path == options.out / "irrvit_tiny.safetensors"
        assert [row.epoch for row in result.history] == [1]
        told = json.loads(result.path.with_suffix(".json").read_text())
        assert told["held_out_top1"] == result.history[0].held_out_top1

    def test_another_process_than_the_first_writes_no_checkpoint(self, options, monkeypatch):
        monkeypatch.setenv("RANK", "1")
        result = command.execute(options)
        assert not result.path.exists()
