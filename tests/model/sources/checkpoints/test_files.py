"""One file, several with an index, or a folder: the same weights, and never a file elsewhere."""

import json

import pytest
import safetensors.torch
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import checkpoint, files
from irrvit.model.sources.checkpoints.fit import fit

NAMES = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]


@pytest.fixture
def shards(tmp_path):
    """A layer's two tensors in a file each, and the index."""
    network = nn.Linear(3, 2)
    weight_map = dict(zip(network.state_dict(), NAMES, strict=True))
    for name, tensor in network.state_dict().items():
        safetensors.torch.save_file({name: tensor}, tmp_path / weight_map[name])
    index = {"metadata": {"total_size": 32}, "weight_map": weight_map}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    return tmp_path, network


@pytest.mark.parametrize("name", ["", "model.safetensors.index.json"])
def test_several_files_are_one_checkpoint(shards, name):
    folder, network = shards
    fresh = nn.Linear(3, 2)
    fit(fresh, checkpoint.read(folder / name))
    assert torch.equal(fresh.weight, network.weight)
    assert torch.equal(fresh.bias, network.bias)


def test_one_of_several_files_says_that_there_are_others(shards):
    folder, _ = shards
    with pytest.raises(BadCheckpoint, match=r"one of several files, give '.*model.safetensors.in"):
        fit(nn.Linear(3, 2), checkpoint.read(folder / NAMES[0]))


def test_a_file_that_the_index_names_and_is_not_there_is_named(shards):
    folder, _ = shards
    (folder / NAMES[1]).unlink()
    with pytest.raises(BadCheckpoint, match=f"1 of them are missing beside it: {NAMES[1]}"):
        checkpoint.read(folder)


@pytest.mark.parametrize("name", ["../w.safetensors", "/etc/passwd", "sub/w.safetensors"])
def test_an_index_reaches_no_other_folder(tmp_path, name):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"w": name}}))
    with pytest.raises(BadCheckpoint, match=f"names {name}: expected files beside it"):
        files.find(index)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weight_map": {"w": 3}}'])
def test_an_index_that_is_none_is_refused(tmp_path, text):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(text)
    with pytest.raises(BadCheckpoint, match=r"index\.json'"):
        files.find(index)


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_a_saved_folder_is_what_is_in_it(tmp_path, name):
    state = nn.Linear(3, 2).state_dict()
    save = safetensors.torch.save_file if "safe" in name else torch.save
    save(state, tmp_path / name)
    (tmp_path / "config.json").write_text('{"id2label": {"0": "cat", "1": "dog"}}')
    read = checkpoint.read(tmp_path)
    assert torch.equal(read.tensors["weight"], state["weight"])
    assert read.labels == ("cat", "dog")
    assert read.sha256 == checkpoint.read(tmp_path / name).sha256


def test_what_lies_beside_a_file_of_any_other_name_is_not_read(tmp_path):
    safetensors.torch.save_file(nn.Linear(3, 2).state_dict(), tmp_path / "mine.safetensors")
    (tmp_path / "config.json").write_text('{"id2label": {"0": "cat", "1": "dog"}}')
    assert checkpoint.read(tmp_path / "mine.safetensors").labels is None


@pytest.mark.parametrize("changed", ["config.json", "model.safetensors"])
def test_the_fingerprint_changes_with_what_decides(tmp_path, changed):
    safetensors.torch.save_file({"w": torch.ones(1)}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text("{}")
    before = sources.fingerprint("irrvit_tiny", tmp_path)
    assert sources.fingerprint("irrvit_tiny", tmp_path) == before
    content = (tmp_path / changed).read_bytes()
    (tmp_path / changed).write_bytes(content + b" ")
    assert sources.fingerprint("irrvit_tiny", tmp_path) != before
