"""A job knows its folder, its file's name and whether pictures decide what is written."""

import pytest

from irrvit.export import target
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision

FIRST = target.names()[0]


def job(model="m", name=FIRST, precision=Precision.FP32):
    return ExportJob(model=model, target=name, precision=precision)


def test_operations_without_folding_are_counted_only_when_asked_for():
    assert not job().count_unfolded


def test_its_folder_is_called_after_target_and_precision():
    assert job(precision=Precision.FP16).name == f"{FIRST}-fp16"


@pytest.mark.parametrize(
    ("model", "stem"),
    [
        ("irrvit_300m+conv14", "irrvit_300m+conv14"),
        ("timm:a/b; rm -rf ~", "timm_a_b__rm_-rf__"),
        ("some/where/net.pt2", "net"),
    ],
)
def test_a_models_name_becomes_one_file_name(model, stem):
    assert job(model).file_stem == stem


@pytest.mark.parametrize(
    ("name", "precision"), [(n, p) for n in target.names() for p in target.facts(n).precisions]
)
def test_pictures_decide_where_the_target_says_so(name, precision):
    expected = precision in target.facts(name).calibrated
    assert job(name=name, precision=precision).is_calibrated is expected
