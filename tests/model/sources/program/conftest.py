"""A good `.pt2` file, and what it takes to make a hostile one of it.

Each crafted file is first given to torch itself, to see that it would have run the code.
"""

from __future__ import annotations

import json
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.errors import BadProgram


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> Path:
    """The smallest thing that is a classifier, saved."""
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        conv=nn.Conv2d(3, 8, 3, 2, 1),
        norm=nn.BatchNorm2d(8),
        relu=nn.ReLU(),
        pool=nn.AdaptiveAvgPool2d(1),
        flat=nn.Flatten(),
        head=nn.Linear(8, 5),
    )
    path = tmp_path_factory.mktemp("good") / "net.pt2"
    network = nn.Sequential(layers).eval()
    torch.export.save(torch.export.export(network, (torch.randn(1, 3, 32, 32),)), path)
    return path


@pytest.fixture
def marker(tmp_path) -> Path:
    return tmp_path / "marker"


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {n.partition("/")[2]: archive.read(n) for n in archive.namelist()}


def _write(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"net/{name}", content)
    return path


def _edited(good: Path, path: Path, entry: str, change) -> Path:
    """A copy of a good file with one JSON entry changed."""
    entries = _contents(good)
    data = json.loads(entries[entry])
    change(data)
    return _write(path, entries | {entry: json.dumps(data).encode()})


def _run_by_torch(path: Path) -> None:
    """What anybody would do who trusts the file."""
    try:
        program = torch.export.load(path)
        program._example_inputs = ((torch.zeros(1, 3, 32, 32),), {})
        program.module()(torch.zeros(1, 3, 32, 32))
    except Exception:
        pass


def _assert_refused(path: Path, marker: Path, entry: str) -> None:
    with pytest.raises(BadProgram) as caught:
        sources.load(str(path))
    assert entry in str(caught.value)
    assert not marker.exists()
    _run_by_torch(path)
    assert marker.exists(), "torch does not run this either: the test proves nothing"


@pytest.fixture(scope="session")
def contents():
    return _contents


@pytest.fixture(scope="session")
def write():
    return _write


@pytest.fixture(scope="session")
def edited():
    return _edited


@pytest.fixture(scope="session")
def assert_refused():
    return _assert_refused


@pytest.fixture(scope="session")
def run_by_torch():
    return _run_by_torch
