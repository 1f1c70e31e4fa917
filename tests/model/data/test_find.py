"""A file in `model/data/` is a data set: it is found, named and read by being there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import irrvit.model.data
from irrvit.model.data import find
from irrvit.model.data.find import (
    dataset_choices,
    dataset_module,
    dataset_names,
    dataset_with,
    load_dataset,
)
from irrvit.model.errors import BadData

INSTALLED = [name for name in dataset_names() if dataset_module(name).missing() is None]

TWO_GREYS = """
from pathlib import Path

import numpy as np
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.errors import BadData

LABELS = ("black", "white")


def missing(root=None):
    there = root is not None and (root / "greys").exists()
    return None if there else f"two-greys is not in '{root}': name its folder with --data-root"


def download(root):
    (root / "greys").write_text("0 255")


def load(root=None):
    if missing(root):
        raise BadData(missing(root))
    greys = [int(grey) for grey in (Path(root) / "greys").read_text().split()]
    pictures = Pictures(lambda i: Image.new("L", (8, 8), greys[i]), np.array([0, 1]))
    return Dataset(
        "two-greys", LABELS, pictures, pictures, None, (0.5,) * 3, (0.5,) * 3, 1.0, "0" * 64
    )
"""


@pytest.fixture
def two_greys(tmp_path_factory, monkeypatch):
    """A data set that somebody added: one file in the folder of data sets."""
    folder = tmp_path_factory.mktemp("data_sets")
    (folder / "two_greys.py").write_text(TWO_GREYS)
    for other in ("dataset.py", "find.py", "picture_folder.py", "__init__.py"):
        (folder / other).write_text("raise AssertionError('a list of names imports nothing')")
    monkeypatch.setattr(find, "_FOLDER", folder)
    monkeypatch.setattr(irrvit.model.data, "__path__", [str(folder)])
    yield "two-greys"
    sys.modules.pop("irrvit.model.data.two_greys", None)


@pytest.fixture
def here(tmp_path) -> Path:
    (tmp_path / "greys").write_text("0 255")
    return tmp_path


class TestNames:
    def test_ours_are_listed(self):
        assert "fashion-mnist" in dataset_names()

    def test_a_file_is_a_data_set(self, two_greys):
        assert dataset_names() == [two_greys]
        assert dataset_choices() == "two-greys or DIR"

    def test_listing_imports_neither_torch_nor_numpy(self):
        code = (
            "import sys; from irrvit.model.data.find import dataset_choices; dataset_choices();"
            "print([m for m in ('torch', 'numpy', 'PIL', 'pydantic') if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", dataset_names())
class TestEveryDataSet:
    """What `DatasetModule` asks of each file."""

    def test_has_labels(self, name):
        labels = dataset_module(name).LABELS
        assert isinstance(labels, tuple)
        assert len(labels) == len(set(labels)) > 1

    def test_says_what_is_missing_and_what_to_do(self, name, tmp_path):
        sentence = dataset_module(name).missing(tmp_path)
        assert sentence is not None
        assert str(tmp_path) in sentence
        assert "--data-root" in sentence

    def test_cannot_be_read_where_it_is_missing(self, name, tmp_path):
        with pytest.raises(BadData) as refused:
            load_dataset(name, root=tmp_path)
        assert str(refused.value) == dataset_module(name).missing(tmp_path)


@pytest.mark.parametrize("name", INSTALLED)
def test_a_data_set_that_is_installed_bears_its_name(name):
    data = load_dataset(name)
    assert (data.name, data.labels) == (name, dataset_module(name).LABELS)


class TestLoad:
    def test_a_named_set_is_read_from_its_root(self, two_greys, here):
        assert load_dataset(two_greys, root=here).labels == ("black", "white")

    def test_what_is_missing_is_downloaded_when_that_was_allowed(self, two_greys, tmp_path):
        with pytest.raises(BadData, match="two-greys is not in"):
            load_dataset(two_greys, root=tmp_path)
        assert load_dataset(two_greys, root=tmp_path, download=True).name == "two-greys"

    def test_what_is_there_is_not_downloaded_again(self, two_greys, here):
        (here / "greys").write_text("0 254")
        data = load_dataset(two_greys, root=here, download=True)
        assert np.asarray(data.train.read(1)).max() == 254

    def test_download_needs_a_root(self, two_greys):
        with pytest.raises(BadData, match="--download needs --data-root"):
            load_dataset(two_greys, download=True)

    def test_a_folder_of_pictures_is_read(self, tmp_path):
        for label in ("cat", "dog"):
            (tmp_path / "pets" / label).mkdir(parents=True)
            for i in range(10):
                Image.new("L", (8, 8), i).save(tmp_path / "pets" / label / f"{i}.png")
        assert load_dataset(str(tmp_path / "pets")).labels == ("cat", "dog")

    def test_unknown_name_says_what_is_expected(self):
        expected = r"unknown data 'fashion': expected fashion-mnist.*, or a folder"
        with pytest.raises(BadData, match=expected):
            load_dataset("fashion")

    @pytest.mark.parametrize("options", [{"root": Path("elsewhere")}, {"download": True}])
    def test_options_of_a_named_set_do_not_fit_a_folder(self, tmp_path, options):
        with pytest.raises(BadData, match="--data-root and --download belong to named data sets"):
            load_dataset(str(tmp_path), **options)


class TestDatasetWith:
    def test_its_labels_name_it(self, two_greys, here):
        assert dataset_with(("black", "white"), here) == two_greys

    def test_other_labels_are_of_none(self, two_greys, here):
        assert dataset_with(("white", "black"), here) is None

    def test_one_that_is_not_here_is_none(self, two_greys, tmp_path):
        assert dataset_with(("black", "white"), tmp_path) is None


@pytest.mark.parametrize("name", dataset_names())
def test_every_name_is_a_data_set(name):
    module = dataset_module(name)
    assert len(module.LABELS) > 1
    assert all(callable(offered) for offered in (module.load, module.missing, module.download))
