"""What is pickled is data, or it is refused before anything of it is imported."""

import argparse
import os
import pathlib

import pytest
import torch

from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import pickled


class Shell:
    """Runs a command when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


@pytest.mark.parametrize("zipped", [True, False])
def test_options_of_a_training_script_are_data(tmp_path, zipped):
    content = {"args": argparse.Namespace(model="m", lr=0.1, opt=None), "w": torch.ones(2)}
    torch.save(content, tmp_path / "w.pth", _use_new_zipfile_serialization=zipped)
    match pickled.read(tmp_path / "w.pth"):
        case {"args": argparse.Namespace() as options, "w": torch.Tensor() as weights}:
            assert vars(options) == {"model": "m", "lr": 0.1, "opt": None}
            assert torch.equal(weights, torch.ones(2))
        case other:
            pytest.fail(f"read {other}")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_command_inside_of_options_is_refused_and_not_run(tmp_path, zipped):
    marker, path = tmp_path / "marker", tmp_path / "w.pth"
    content = {"args": argparse.Namespace(hook=Shell(marker)), "state_dict": {"w": torch.ones(1)}}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(BadCheckpoint) as caught:
        pickled.read(path)
    assert "could run code" in str(caught.value)
    assert "nothing of it was run" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not marker.exists()
    torch.load(path, weights_only=False)
    assert marker.exists(), "the file is harmless: the test proves nothing"


@pytest.mark.parametrize("value", [pathlib.PurePosixPath("a"), argparse.ArgumentParser])
def test_nothing_else_is_allowed(tmp_path, value):
    torch.save({"extra": value}, tmp_path / "w.pth")
    with pytest.raises(BadCheckpoint, match="objects other than tensors"):
        pickled.read(tmp_path / "w.pth")


def test_what_others_have_allowed_is_not_allowed_here_and_stays_theirs(tmp_path):
    torch.save({"path": pathlib.PurePosixPath("a")}, tmp_path / "w.pth")
    with torch.serialization.safe_globals([pathlib.PurePosixPath]):
        before = torch.serialization.get_safe_globals()
        with pytest.raises(BadCheckpoint, match="objects other than tensors"):
            pickled.read(tmp_path / "w.pth")
        assert set(torch.serialization.get_safe_globals()) == set(before)
    assert argparse.Namespace not in torch.serialization.get_safe_globals()
