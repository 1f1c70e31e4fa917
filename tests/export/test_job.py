"""The cache key changes with everything that could change the file, and with nothing else."""

import pytest

from irrvit.export.job import ExportJob, cache_key, toolchain
from irrvit.export.precision import Precision

JOB = ExportJob(model="irrvit_tiny", target="onnx", precision=Precision.FP32)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "irrvit_tiny+conv14"},
        {"target": "tflite"},
        {"precision": Precision.FP16},
        {"mean": (0.5, 0.5, 0.5)},
        {"std": (0.5, 0.5, 0.5)},
        {"labels": ("a", "b")},
        {"tensorflow": True},
    ],
)
def test_what_changes_the_artifact_changes_the_key(change):
    assert cache_key(JOB.model_copy(update=change)) != cache_key(JOB)


def test_asking_for_an_explanation_changes_nothing():
    assert cache_key(JOB.model_copy(update={"explain": True})) == cache_key(JOB)


def test_the_contents_of_a_checkpoint_count_and_not_its_name(tmp_path):
    keys = []
    for name, content in (("a.pth", b"1"), ("b.pth", b"1"), ("c.pth", b"2")):
        (tmp_path / name).write_bytes(content)
        keys.append(cache_key(JOB.model_copy(update={"checkpoint": tmp_path / name})))
    assert keys[0] == keys[1] != keys[2]


def test_the_toolchain_names_the_packages_of_the_target_only():
    versions = toolchain("onnx")
    assert {"python", "torch", "onnx", "onnxruntime"} <= versions.keys()
    assert not {"coremltools", "litert-torch"} & versions.keys()
    assert "coremltools" in toolchain("coreml")
