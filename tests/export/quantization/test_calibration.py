"""Which pictures ranges are found on: real ones, always the same, and named."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from irrvit.export.errors import BadOption
from irrvit.export.proof import cases
from irrvit.export.quantization.calibration import SAMPLES, CalibrationPictures
from irrvit.model.data import fashion_mnist
from irrvit.model.errors import BadData
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=28, width=28, resize=28)


def source(labels):
    return Source("net", None, SPEC, labels, "none")  # pyright: ignore[reportArgumentType]


def save(folder, name, seed):
    folder.mkdir(exist_ok=True, parents=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8)
    Image.fromarray(pixels).save(folder / name)


def test_a_network_of_other_classes_gets_the_sample_photographs():
    pixels, known = CalibrationPictures().draw(source(("cat", "dog")))
    assert known.data == SAMPLES
    assert np.array_equal(pixels, np.stack(list(cases.golden_pictures(SPEC).values())))


def test_a_network_gets_what_it_was_trained_on():
    if not fashion_mnist.ROOT.exists():
        pytest.skip("Fashion-MNIST is not installed")
    pixels, known = CalibrationPictures().draw(source(fashion_mnist.LABELS))
    again, same = CalibrationPictures("fashion-mnist").draw(source(("cat", "dog")))
    assert (known.data, known.pictures) == ("fashion-mnist", 200)
    assert known == same
    assert np.array_equal(pixels, again)


def test_without_the_data_set_it_gets_the_sample_photographs(tmp_path):
    _, known = CalibrationPictures(root=tmp_path).draw(source(fashion_mnist.LABELS))
    assert known.data == SAMPLES


def test_a_folder_of_pictures_will_do(tmp_path):
    for i in range(3):
        save(tmp_path / "mine", f"{i}.png", i)
    pixels, known = CalibrationPictures(str(tmp_path / "mine")).draw(source(("cat",)))
    assert pixels.shape == (3, 28, 28, 3)
    assert (known.data, known.pictures) == ("mine", 3)


def test_a_folder_with_a_folder_for_each_class_will_do(tmp_path):
    for label in ("cat", "dog"):
        for i in range(10):
            save(tmp_path / "mine" / label, f"{i}.png", i)
    pixels, _ = CalibrationPictures(str(tmp_path / "mine")).draw(source(("cat",)))
    assert len(pixels) == 18  # A tenth of each class is held out.


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(BadData, match="unknown data"):
        CalibrationPictures(str(tmp_path / "nothing")).draw(source(("cat",)))


def test_a_picture_that_is_none_is_refused(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(BadOption, match=r"--calibration: .*broken\.png"):
        CalibrationPictures(str(tmp_path)).draw(source(("cat",)))


def test_other_pictures_have_another_fingerprint(tmp_path):
    save(tmp_path, "a.png", 1)
    before = CalibrationPictures(str(tmp_path)).fingerprint()
    assert CalibrationPictures(str(tmp_path)).fingerprint() == before
    save(tmp_path, "a.png", 2)
    assert CalibrationPictures(str(tmp_path)).fingerprint() != before


def test_pictures_that_are_not_drawn_are_not_read(tmp_path):
    """Of a large folder some are drawn: hashing the others would take longer than drawing."""
    for i in range(400):
        (tmp_path / f"{i:03}.png").write_bytes(bytes([i % 7]))
    pictures = CalibrationPictures(str(tmp_path))
    before = pictures.fingerprint()
    (tmp_path / "001.png").write_bytes(b"another")
    assert pictures.fingerprint() == before
    (tmp_path / "002.png").write_bytes(b"another")
    assert pictures.fingerprint() != before


def test_one_in_a_folder_of_classes_has_another_fingerprint(tmp_path):
    for label in ("cat", "dog"):
        for i in range(6):
            save(tmp_path / label, f"{i}.png", i)
    before = CalibrationPictures(str(tmp_path)).fingerprint()
    assert CalibrationPictures(str(tmp_path)).fingerprint() == before
    save(tmp_path / "dog", "3.png", 33)
    assert CalibrationPictures(str(tmp_path)).fingerprint() != before


def test_a_folder_without_pictures_is_refused_before_anything_is_begun(tmp_path):
    with pytest.raises(BadData, match="no readable picture"):
        CalibrationPictures(str(tmp_path)).fingerprint()


def test_a_data_set_that_arrived_has_another_fingerprint(tmp_path):
    before = CalibrationPictures(root=tmp_path).fingerprint()
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"")
    assert CalibrationPictures(root=tmp_path).fingerprint() != before


def test_a_data_set_that_is_damaged_is_said_and_not_replaced_by_samples(tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"")
    with pytest.raises(BadData, match="install or download it again"):
        CalibrationPictures(root=tmp_path).draw(source(fashion_mnist.LABELS))


def test_the_manifest_tells_other_pixels_apart():
    _, known = CalibrationPictures().draw(source(("cat",)))
    _, other = CalibrationPictures().draw(
        replace(source(("cat",)), input=InputSpec(height=32, width=32))
    )
    assert known.sha256 != other.sha256
