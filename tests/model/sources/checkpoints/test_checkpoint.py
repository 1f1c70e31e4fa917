"""Files of weights that fit are loaded, with what they say about their network."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.spec import InputSpec

TINY = "irrvit_tiny"


def saved(content: object, path: Path) -> Path:
    torch.save(content, path)
    return path


def refused(path: Path) -> str:
    """The sentence; nothing but a BadCheckpoint may come out."""
    with pytest.raises(BadCheckpoint) as caught:
        sources.load(TINY, path)
    return str(caught.value)


class TestFits:
    def assert_loaded(self, path: Path, state: dict[str, torch.Tensor]) -> None:
        source = sources.load(TINY, path)
        own = source.network.state_dict()
        assert all(torch.equal(own[k], v) for k, v in state.items())
        assert source.weights.startswith(f"checkpoint {path.name} sha256 ")
        assert not source.network.training

    def test_safetensors(self, state, tmp_path):
        safetensors.torch.save_file(state, tmp_path / "w.safetensors")
        self.assert_loaded(tmp_path / "w.safetensors", state)

    @pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin"])
    def test_torch_save(self, state, tmp_path, suffix):
        self.assert_loaded(saved(state, tmp_path / f"w{suffix}"), state)

    @pytest.mark.parametrize("key", ["state_dict", "model", "model_ema", "state_dict_ema"])
    def test_wrapped_by_a_training_script(self, state, tmp_path, key):
        content = {key: collections.OrderedDict(state), "epoch": 3, "args": {"lr": 0.1}}
        self.assert_loaded(saved(content, tmp_path / "w.pth"), state)

    def test_prefix_of_data_parallel(self, state, tmp_path):
        content = {f"module.{k}": v for k, v in state.items()}
        self.assert_loaded(saved(content, tmp_path / "w.pth"), state)

    def test_a_prefix_of_some_is_part_of_their_names(self, tmp_path):
        content = {"module.a": torch.ones(1), "b": torch.ones(1)}
        assert list(checkpoint.read(saved(content, tmp_path / "w.pth")).tensors) == [
            "module.a",
            "b",
        ]

    def test_half_precision(self, state, tmp_path):
        half = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
        source = sources.load(TINY, saved(half, tmp_path / "w.pth"))
        parameters = source.network.state_dict()
        assert all(torch.equal(parameters[k], v.to(parameters[k].dtype)) for k, v in half.items())

    def test_without_counters_of_batches(self, state, tmp_path):
        fewer = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
        assert len(fewer) < len(state)
        self.assert_loaded(saved(fewer, tmp_path / "w.pth"), fewer)

    def test_classes_come_from_the_checkpoint(self, state, tmp_path):
        ten = {k: v[:10] if k.startswith("head.classifier") else v for k, v in state.items()}
        source = sources.load(TINY, saved(ten, tmp_path / "w.pth"))
        assert source.labels == tuple(f"class {i}" for i in range(10))
        assert source.network(torch.zeros(1, 3, 56, 56)).shape == (1, 10)


class TestDescription:
    """What a file of irrvit-train says about its network."""

    SPEC = InputSpec(height=56, width=56, resize=57)

    def test_comes_back_as_it_was_written(self, tmp_path):
        network = sources.load(TINY).network
        labels = tuple(f"label {i}" for i in range(1000))
        checkpoint.write(network, tmp_path / "w.safetensors", self.SPEC, labels)
        read = checkpoint.read(tmp_path / "w.safetensors")
        assert (read.input, read.labels) == (self.SPEC, labels)
        own = network.state_dict()
        assert all(torch.equal(own[k], v) for k, v in read.tensors.items())

    def test_weights_that_lie_otherwise_in_memory_are_written_too(self, tmp_path):
        layer = nn.Linear(2, 3)
        layer.weight = nn.Parameter(torch.arange(6.0).view(2, 3).t())
        checkpoint.write(layer, tmp_path / "w.safetensors", self.SPEC, ("a", "b", "c"))
        assert torch.equal(
            checkpoint.read(tmp_path / "w.safetensors").tensors["weight"], layer.weight
        )

    @pytest.mark.parametrize(("name", "rows"), [("two", 4), ("none", None), ("absent", None)])
    def test_rows_of_a_weight(self, tmp_path, name, rows):
        content = {"two": torch.zeros(4, 3), "none": torch.zeros(())}
        assert checkpoint.read(saved(content, tmp_path / "w.pth")).rows(name) == rows

    def test_other_programs_say_nothing(self, state, tmp_path):
        safetensors.torch.save_file(state, tmp_path / "w.safetensors", {"format": "pt"})
        read = checkpoint.read(tmp_path / "w.safetensors")
        assert (read.input, read.labels) == (None, None)

    @pytest.mark.parametrize(
        "about", [{"input": "{}}"}, {"input": '{"height": 0}'}, {"labels": '{"a": 1}'}]
    )
    def test_description_that_cannot_be_read(self, state, tmp_path, about):
        safetensors.torch.save_file(state, tmp_path / "w.safetensors", about)
        assert "in a way that cannot be read" in refused(tmp_path / "w.safetensors")
