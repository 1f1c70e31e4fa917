"""The paths of modules in the names of tensors."""

import pytest

from irrvit.benchmark.profiling import operations
from irrvit.benchmark.profiling.operations import tflite_path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/", ""),
        ("/stem.3.depthwise", "stem.3.depthwise"),
        ("serving_default_logits_output", None),
        ("", None),
    ],
)
def test_the_name_of_a_tensor_has_the_path_of_its_module(name, path):
    assert tflite_path(name) == path


def test_formats_without_a_reader_are_not_taken_for_others(tmp_path):
    with pytest.raises(KeyError):
        operations.read(tmp_path / "net.mlpackage", "coreml")
