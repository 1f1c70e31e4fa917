"""An `.onnx` file of ours is run picture by picture; another one is refused in a sentence."""

import numpy as np
import pytest

from irrvit.export.errors import BadArtifact

pytestmark = pytest.mark.needs("onnx", "onnxruntime")


def test_pictures_are_run_one_by_one(write_onnx):
    from irrvit.export.onnx import runner

    sums = [
        ("Constant", [], ["axes"], {"value_ints": [1, 2]}),
        ("ReduceSum", ["image", "axes"], ["logits"], {"keepdims": 0}),
    ]
    path = write_onnx(sums, (1, 2, 2, 3), (1, 3))
    loaded = runner.load(path)
    assert loaded.name == "onnxruntime"
    pixels = np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3)
    np.testing.assert_array_equal(loaded.run(pixels)["logits"], pixels.sum((1, 2)))


def test_an_output_has_the_name_that_the_file_says(write_onnx):
    from irrvit.export.onnx import runner

    path = write_onnx([("Relu", ["image"], ["depth"], {})], (1, 3), (1, 3), "depth")
    assert list(runner.load(path).run(np.zeros((1, 3), np.float32))) == ["depth"]


def test_what_is_no_onnx_file_is_refused(tmp_path):
    from irrvit.export.onnx import runner

    (tmp_path / "net.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(BadArtifact, match=r"onnxruntime cannot open .*net\.onnx"):
        runner.load(tmp_path / "net.onnx")
