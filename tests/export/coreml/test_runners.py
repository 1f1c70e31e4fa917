"""A package is run picture by picture, and its findings are those of the lint and of the range."""

import sys

import numpy as np
import pytest

from irrvit.export.coreml import runners
from irrvit.export.coreml.tools import coremltools

PIXELS = np.arange(2 * 4 * 6 * 3, dtype=np.float32).reshape(2, 4, 6, 3)


@pytest.fixture
def write(mb, tmp_path):
    """Write a function of the image (1, 3, 4, 6) as a package."""

    def write_package(build, precision="FLOAT32"):
        make = mb.program(
            input_specs=[mb.TensorSpec((1, 3, 4, 6))], opset_version=coremltools.target.iOS16
        )

        def program(image):
            return build(image)

        package = coremltools.convert(
            make(program),
            convert_to="mlprogram",
            minimum_deployment_target=coremltools.target.iOS16,
            compute_precision=getattr(coremltools.precision, precision),
            skip_model_load=True,
        )
        package.save(str(tmp_path / "net.mlpackage"))
        return tmp_path / "net.mlpackage"

    return write_package


def channel_means(mb):
    return lambda image: mb.reduce_mean(x=image, axes=[2, 3], name="logits")


@pytest.mark.skipif(sys.platform == "darwin", reason="only on others is there no Core ML")
def test_off_macos_the_interpreter_runs_packages_and_says_so(mb, write):
    loaded = runners.load(write(channel_means(mb)))
    assert loaded.name == "mil-reference"
    np.testing.assert_allclose(loaded.run(PIXELS)["logits"], PIXELS.mean((1, 2)), rtol=1e-6)


def test_the_image_has_its_channels_first():
    (image,) = runners.inputs(PIXELS[:1]).values()
    assert (image.shape, image.dtype, image.flags.c_contiguous) == ((1, 3, 4, 6), np.float32, True)
    np.testing.assert_array_equal(image[0, 2], PIXELS[0, :, :, 2])


def test_every_value_is_traced_by_its_name(mb, write):
    path = write(lambda image: mb.relu(x=mb.sub(x=image, y=10.0, name="less"), name="logits"))
    values = dict(runners.trace(path, PIXELS[:1]))
    assert list(values) == ["less", "logits"]
    np.testing.assert_array_equal(values["less"], PIXELS[:1].transpose(0, 3, 1, 2) - 10)


def test_traps_and_overflow_are_found_together(mb, write):
    def build(image):
        large = mb.mul(x=image, y=np.float32(1000), name="large")
        return mb.softplus(x=mb.mul(x=large, y=np.float32(1e-6)), name="logits")

    findings = runners.inspect(write(build, "FLOAT16"), PIXELS[1:])
    assert len(findings) == 2
    assert "softplus" in findings[0]
    assert findings[1].startswith("fp16 overflow")
