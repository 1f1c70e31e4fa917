"""Which weights are meant by what a training script saved, and what wrapped their names."""

import argparse
import collections

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import checkpoint, state_dict
from irrvit.model.sources.checkpoints.fit import fit

A, B = {"w": torch.zeros(2), "b": torch.ones(1)}, {"w": torch.ones(2), "b": torch.zeros(1)}


def chosen(content, key=None):
    return state_dict.choose(content, key).entries


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(A, id="the file itself"),
        pytest.param({"epoch": 3, "best": torch.ones(()), "state_dict": A}, id="beside a score"),
        pytest.param({"model_state_dict": A, "optimizer": {"state": {0: B}}}, id="an optimizer"),
        pytest.param({"net": A, "state_dict_ema": None}, id="no average was kept"),
        pytest.param({"checkpoint": {"model": A, "step": 5}}, id="two levels"),
        pytest.param({"model": A, "args": argparse.Namespace(lr=0.1)}, id="options"),
        pytest.param(
            {"state_dict": {**A, "c": torch.ones(1)}, "callbacks": {"best": {"s": torch.ones(())}}},
            id="a callback",
        ),
    ],
)
def test_the_only_weights_are_found(content):
    assert chosen(content)["w"] is A["w"]


@pytest.mark.parametrize(
    "name", ["state_dict_ema", "model_ema", "ema", "ema_state_dict", "params_ema", "ema_model"]
)
def test_an_average_is_taken_and_said(name):
    found = state_dict.choose({"state_dict": A, name: B}, None)
    assert found.entries is B
    assert found.key == name
    assert found.note == (
        f"the checkpoint holds {name} beside state_dict: the average was taken; "
        "--checkpoint-key state_dict takes the other"
    )


@pytest.mark.parametrize("name", ["schema", "emaciated", "temas"])
def test_a_word_with_these_letters_is_no_average(name):
    with pytest.raises(BadCheckpoint, match="several sets of weights"):
        chosen({"state_dict": A, name: B})


def test_the_key_chooses():
    assert chosen({"state_dict": A, "state_dict_ema": B}, "state_dict") is A
    assert chosen({"run": {"teacher": A, "student": B}}, "run.student") is B


@pytest.mark.parametrize("key", ["teacher", "state_dict.teacher"])
def test_the_key_may_be_a_prefix_of_the_names(key):
    both = {
        f"{who}.{k}": v for who, own in (("teacher", A), ("student", B)) for k, v in own.items()
    }
    assert chosen({"state_dict": both}, key) == A


def test_a_key_that_is_not_there_is_refused_with_what_is():
    with pytest.raises(
        BadCheckpoint, match=r"no weights under --checkpoint-key x: there are net with 2 tensors"
    ):
        chosen({"net": A}, "x")


def test_two_sets_are_refused_with_how_to_choose():
    with pytest.raises(BadCheckpoint) as caught:
        chosen({"teacher": A, "student": B})
    assert str(caught.value) == (
        "holds several sets of weights (student with 2 tensors, teacher with 2 tensors): choose "
        "with --checkpoint-key, as in --checkpoint-key student"
    )


@pytest.mark.parametrize(
    "prefix",
    ["", "model.", "module.", "timm_model.", "_orig_mod.", "model._orig_mod.module.", "a.b."],
)
def test_what_wrapped_a_network_is_taken_from_its_names(tmp_path, prefix):
    trained, fresh = nn.Linear(3, 2), nn.Linear(3, 2)
    content = {f"{prefix}{k}": v for k, v in trained.state_dict().items()}
    torch.save(collections.OrderedDict(content), tmp_path / "w.pth")
    fit(fresh, checkpoint.read(tmp_path / "w.pth"))
    assert torch.equal(fresh.weight, trained.weight)


def test_a_compiled_part_is_found_too():
    names = {"stem._orig_mod.conv.weight": 1, "head.weight": 2}
    assert list(state_dict.plain_names(names)) == ["stem.conv.weight", "head.weight"]


def test_an_averaged_model_of_torch_fits(tmp_path):
    trained, fresh = nn.Linear(3, 2), nn.Linear(3, 2)
    torch.save(AveragedModel(trained).state_dict(), tmp_path / "w.pth")
    fit(fresh, checkpoint.read(tmp_path / "w.pth"))
    assert torch.equal(fresh.weight, trained.weight)


def test_tensors_beside_the_network_are_left_out_and_said(tmp_path):
    content = {
        "model.weight": torch.ones(2, 3),
        "model.bias": torch.ones(2),
        "loss.pos": torch.ones(1),
    }
    torch.save({"state_dict": content}, tmp_path / "w.ckpt")
    found = checkpoint.read(tmp_path / "w.ckpt").for_network(nn.Linear(3, 2).state_dict())
    assert sorted(found.tensors) == ["bias", "weight"]
    assert found.notes == (
        "1 tensors of the checkpoint are outside of 'model.' and were left out: loss.pos",
    )


def test_a_prefix_of_a_few_names_is_no_wrapper():
    assert state_dict.prefix_for(["x.w", "b", "c"], ["w", "b", "c"]) == ("", None)
    assert state_dict.prefix_for(["x.w"], ["w", "b"]) == ("x.", None)
    assert state_dict.prefix_for(["x.w"], ["w", "b", "c"]) == ("", None)


def test_the_average_of_two_networks_in_one_set_is_taken():
    prefix, note = state_dict.prefix_for(["net.w", "net_ema.w"], ["w"])
    assert prefix == "net_ema."
    assert "--checkpoint-key net takes the other" in str(note)


def test_two_networks_in_one_set_are_refused():
    with pytest.raises(BadCheckpoint, match=r"several networks \(student, teacher\)"):
        state_dict.prefix_for(["teacher.w", "student.w"], ["w"])
