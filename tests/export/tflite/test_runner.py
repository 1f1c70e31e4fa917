"""A `.tflite` file of ours is run picture by picture; another one is refused in a sentence."""

import numpy as np
import pytest

from irrvit.export.errors import BadArtifact

pytestmark = pytest.mark.needs("ai_edge_litert")
WEIGHTS = np.array([[1.0, 0, 0], [0, 2, 0], [0, 0, 3], [1, 1, 1]], np.float32)
PIXELS = np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3)


def test_pictures_are_run_one_by_one(write_tflite):
    from irrvit.export.tflite import runner

    loaded = runner.load(write_tflite(("FULLY_CONNECTED", WEIGHTS)))
    assert loaded.name == "litert"
    np.testing.assert_allclose(loaded.run(PIXELS)["logits"], PIXELS @ WEIGHTS.T)


def test_what_an_earlier_call_gave_is_not_changed_by_a_later(write_tflite):
    from irrvit.export.tflite import runner

    loaded = runner.load(write_tflite(("RELU",)))
    first = loaded.run(PIXELS[:1])["logits"]
    loaded.run(PIXELS[1:])
    np.testing.assert_array_equal(first, PIXELS[:1])


def test_an_output_has_the_name_that_the_file_says(write_tflite):
    from irrvit.export.tflite import runner

    (name,) = runner.load(write_tflite(("RELU",), names=("image", "depth"))).run(PIXELS)
    assert name == "depth"


def test_a_file_that_takes_no_image_is_refused(write_tflite):
    from irrvit.export.tflite import runner

    path = write_tflite(("RELU",), names=("pixels", "logits"))
    with pytest.raises(BadArtifact, match=r"net\.tflite: expected a signature of the input image"):
        runner.load(path)


def test_what_is_no_tflite_file_is_refused(tmp_path):
    from irrvit.export.tflite import runner

    (tmp_path / "net.tflite").write_bytes(b"nothing of the kind")
    with pytest.raises(BadArtifact, match=r"LiteRT cannot open .*net\.tflite"):
        runner.load(tmp_path / "net.tflite")


def test_an_operation_that_litert_lacks_is_named(write_tflite):
    from irrvit.export.tflite import runner

    path = write_tflite(("STABLEHLO_SORT",))
    with pytest.raises(
        BadArtifact, match=r"^net\.tflite holds the operation STABLEHLO_SORT, which"
    ):
        runner.load(path)


def test_a_file_may_be_replaced_while_it_is_open(write_tflite):
    """It is read into memory: a mapped file that changes kills the process."""
    from irrvit.export.tflite import runner

    path = write_tflite(("RELU",))
    loaded = runner.load(path)
    path.write_bytes(b"")
    np.testing.assert_array_equal(loaded.run(PIXELS)["logits"], PIXELS)
