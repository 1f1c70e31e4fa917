from __future__ import annotations

from pathlib import Path

import pytest

from irrvit.model.data import find as datasets
from irrvit.model.data.dataset import BadData


def test_unknown_name_says_what_is_expected():
    with pytest.raises(BadData, match=r"unknown data 'fashion': expected fashion-mnist, or a fold"):
        datasets.load("fashion")


def test_root_of_a_named_set_does_not_fit_a_folder(tmp_path):
    with pytest.raises(BadData, match="--data-root and --download belong to named data sets"):
        datasets.load(str(tmp_path), root=Path("elsewhere"))
