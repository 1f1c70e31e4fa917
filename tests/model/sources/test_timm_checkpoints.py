"""Checkpoints of timm's networks as other programs leave them: the same numbers come out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.source import Source

timm = pytest.importorskip("timm")
pytestmark = pytest.mark.needs("timm")

NAME = "test_efficientnet"


@pytest.fixture(scope="module")
def trained() -> nn.Module:
    """Three classes, and numbers that no fresh network has."""
    torch.manual_seed(3)
    network = timm.create_model(NAME, num_classes=3).eval()
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor += 0.1 * torch.rand_like(tensor)
    return network


def assert_loaded(path: Path, state: dict[str, Tensor], key: str | None = None) -> Source:
    source = sources.load(f"timm:{NAME}", path, checkpoint_key=key)
    own = source.network.state_dict()
    assert all(torch.equal(own[k], v.to(own[k].dtype)) for k, v in state.items())
    assert len(source.labels) == 3
    return source


@pytest.mark.parametrize("name", ["last.pth.tar", "model_best.pth.tar"])
def test_of_timms_own_training(trained, tmp_path, name):
    from timm.utils.checkpoint_saver import CheckpointSaver
    from timm.utils.model_ema import ModelEmaV3

    average = ModelEmaV3(trained)
    with torch.no_grad():
        for tensor in average.module.state_dict().values():
            tensor += 1
    saver = CheckpointSaver(
        trained,
        torch.optim.SGD(trained.parameters(), 0.1),
        args=argparse.Namespace(model=NAME, amp_dtype="float16", opt_betas=None),
        model_ema=average,
        checkpoint_dir=str(tmp_path),
    )
    saver.save_checkpoint(0, 50.0)
    source = assert_loaded(tmp_path / name, average.module.state_dict())
    assert "state_dict_ema beside state_dict: the average was taken" in source.warnings[0]
    assert source.weights.startswith(f"checkpoint {name} (state_dict_ema) sha256 ")
    plain = assert_loaded(tmp_path / name, trained.state_dict(), key="state_dict")
    assert plain.warnings == ()


def test_of_lightning(trained, tmp_path):
    state = trained.state_dict()
    content = {f"model.{k}": v for k, v in state.items()} | {"loss.weight": torch.ones(3)}
    hyper = {"lr": 0.1, "classes": 3}
    whole = {
        "epoch": 2,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": content,
        "hyper_parameters": hyper,
        "callbacks": {"ModelCheckpoint{'monitor': 'x'}": {"best_model_score": torch.ones(())}},
        "optimizer_states": [{"state": {0: {"momentum_buffer": torch.ones(3)}}}],
    }
    torch.save(whole, tmp_path / "epoch=2-step=9.ckpt")
    source = assert_loaded(tmp_path / "epoch=2-step=9.ckpt", state)
    assert "outside of 'model.' and were left out: loss.weight" in source.warnings[0]


def test_of_transformers(trained, tmp_path):
    state = {f"timm_model.{k}": v.contiguous() for k, v in trained.state_dict().items()}
    safetensors.torch.save_file(state, tmp_path / "model.safetensors", {"format": "pt"})
    config = {
        "architecture": NAME,
        "architectures": ["TimmWrapperForImageClassification"],
        "id2label": {"0": "cat", "1": "dog", "2": "cow"},
        "model_type": "timm_wrapper",
        "pretrained_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "crop_pct": 1.0},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    source = assert_loaded(tmp_path, trained.state_dict())
    assert source.labels == ("cat", "dog", "cow")
    assert (source.input.mean, source.input.std) == ((0.5,) * 3, (0.25,) * 3)
    assert source.input.resize == source.input.height


def test_of_timms_save_pretrained(trained, tmp_path):
    from timm.models import save_for_hf

    save_for_hf(trained, tmp_path, model_config={"label_names": ["cat", "dog", "cow"]})
    source = assert_loaded(tmp_path, trained.state_dict())
    assert source.labels == ("cat", "dog", "cow")
    assert source.warnings == ()


def test_a_transformer_of_another_size_and_pooling_is_built_as_it_was(tmp_path):
    from timm.models import save_for_hf

    network = timm.create_model("test_vit", num_classes=3, img_size=96, global_pool="avg").eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.rand_like(parameter))
    save_for_hf(network, tmp_path)
    source = sources.load("timm:test_vit", tmp_path)
    assert (source.input.height, source.input.width) == (96, 96)
    picture = torch.randn(1, 3, 96, 96)
    with torch.no_grad():
        torch.testing.assert_close(source.network(picture), network(picture))


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_half_precision(trained, tmp_path, half):
    state = {k: v.to(half) if v.is_floating_point() else v for k, v in trained.state_dict().items()}
    safetensors.torch.save_file(state, tmp_path / "w.safetensors")
    assert_loaded(tmp_path / "w.safetensors", state)


def test_labels_of_another_number_of_classes_are_left_out_and_said(trained, tmp_path):
    torch.save({"model": trained.state_dict(), "class_names": ["a", "b"]}, tmp_path / "w.pth")
    source = assert_loaded(tmp_path / "w.pth", trained.state_dict())
    assert source.labels == ("class 0", "class 1", "class 2")
    assert "names 2 classes and has 3" in source.warnings[0]


def test_whole_numbers_are_no_weights(trained, tmp_path):
    state = dict(trained.state_dict())
    name = "conv_stem.weight"
    torch.save(state | {name: state[name].to(torch.int8)}, tmp_path / "w.pth")
    with pytest.raises(
        BadCheckpoint, match=rf"1 of another shape: {name} \(got int8, expected flo"
    ):
        sources.load(f"timm:{NAME}", tmp_path / "w.pth")


def test_of_another_network_says_which(tmp_path):
    state = timm.create_model("mobilenetv3_large_100", num_classes=2).state_dict()
    torch.save({"state_dict": {f"model.{k}": v for k, v in state.items()}}, tmp_path / "w.ckpt")
    with pytest.raises(BadCheckpoint) as caught:
        sources.load(f"timm:{NAME}", tmp_path / "w.ckpt")
    first, *lists = str(caught.value).splitlines()
    assert "these look like timm:mobilenetv3_large_100 or timm:tf_mobilenetv3_large_100" in first
    assert len(lists) == 3
    assert all(text.count(",") >= 5 for text in lists)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"pretrained_cfg": {"mean": "grey"}}, "pretrained_cfg.mean"),
        ({"pretrained_cfg": {"input_size": [3, 0, 64]}}, "pretrained_cfg.input_size.1"),
        ({"crop_pct": -1}, "crop_pct"),
        ({"model_args": {"img_size": "large"}}, "model_args.img_size"),
    ],
)
def test_a_config_that_cannot_be_is_refused(trained, tmp_path, config, said):
    safetensors.torch.save_file(trained.state_dict(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadCheckpoint, match=rf"config.json of .* says of {said}"):
        sources.load(f"timm:{NAME}", tmp_path)


def test_arguments_that_could_name_a_file_are_not_followed(trained, tmp_path):
    safetensors.torch.save_file(trained.state_dict(), tmp_path / "model.safetensors")
    config = {"model_args": {"checkpoint_path": "evil.pth", "num_classes": 3}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    source = assert_loaded(tmp_path, trained.state_dict())
    assert source.warnings == ("config.json's model_args checkpoint_path were not followed",)


def test_a_key_without_a_checkpoint_is_refused():
    with pytest.raises(BadCheckpoint, match="--checkpoint-key x chooses among the weights of a"):
        sources.load(f"timm:{NAME}", checkpoint_key="x")
