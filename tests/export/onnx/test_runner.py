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
    np.testing.assert_array_equal(loaded.run(pixels), pixels.sum((1, 2)))


def test_a_file_with_another_output_is_refused(write_onnx):
    from irrvit.export.onnx import runner

    path = write_onnx([("Relu", ["image"], ["probabilities"], {})], (1, 3), (1, 3), "probabilities")
    with pytest.raises(BadArtifact, match=r"net\.onnx: the outputs are \['probabilities'\]"):
        runner.load(path)


def test_what_is_no_onnx_file_is_refused(tmp_path):
    from irrvit.export.onnx import runner

    (tmp_path / "net.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(BadArtifact, match=r"onnxruntime cannot open .*net\.onnx"):
        runner.load(tmp_path / "net.onnx")
