from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data import picture_folder
from irrvit.model.errors import BadData
from irrvit.model.spec import preprocess


@pytest.fixture
def folder(tmp_path):
    """Two classes of twenty pictures."""
    rng = np.random.default_rng(0)
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for i in range(20):
            pixels = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / label / f"{i:02}.png")
    return tmp_path


def test_labels_are_the_folders_and_a_tenth_of_each_is_held_out(folder):
    data = picture_folder.load(folder)
    assert data.labels == ("cat", "dog")
    assert np.bincount(data.train.classes).tolist() == [18, 18]
    assert np.bincount(data.held_out.classes).tolist() == [2, 2]
    assert data.test is None


def test_pictures_are_preprocessed_as_the_spec_says(folder):
    data = picture_folder.load(folder)
    spec = data.input_spec(28)
    assert (spec.height, spec.resize) == (28, 32)
    seen = data.held_out.pixels([0], spec)[0]
    every = [preprocess(Image.open(f), spec) for f in folder.glob("cat/*")]
    assert any(np.array_equal(seen, one) for one in every)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_a_picture_is_seen_as_the_camera_was_held(folder, suffix):
    """Bright on top, stored by a camera that was held on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: the file's first row is the right side.
    stored = np.zeros((40, 40), np.uint8)
    stored[:, :20] = 250
    for file in folder.glob("cat/*"):
        file.unlink()
    for i in range(6):
        Image.fromarray(stored).save(folder / "cat" / f"{i}.{suffix}", exif=exif)
    data = picture_folder.load(folder)
    cat = np.flatnonzero(data.train.classes == 0)[:1]
    (pixels,) = data.train.pixels(cat, data.input_spec(28))
    assert pixels[:10].min() > 200
    assert pixels[-10:].max() < 50


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_broken_picture_is_named_and_skipped(folder, content, caplog):
    (folder / "cat" / "broken.jpg").write_bytes(content)
    data = picture_folder.load(folder)
    assert len(data.skipped) == 1
    assert "cat/broken.jpg: cannot identify image file" in data.skipped[0]
    assert "broken.jpg" in caplog.text
    assert len(data.train) == 36


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_truncated_picture_is_skipped(folder, suffix):
    path = folder / "dog" / f"half.{suffix}"
    noise = np.random.default_rng(1).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "half" in picture_folder.load(folder).skipped[0]


def test_hash_follows_content_and_not_what_is_skipped(folder):
    before = picture_folder.load(folder).sha256
    (folder / "cat" / "broken.png").write_bytes(b"")
    assert picture_folder.load(folder).sha256 == before
    Image.new("RGB", (9, 9)).save(folder / "cat" / "00.png")
    assert picture_folder.load(folder).sha256 != before


def test_class_without_pictures_is_an_error(folder):
    (folder / "emu").mkdir()
    (folder / "emu" / "notes.txt").write_text("none yet")
    with pytest.raises(BadData, match=r"no readable picture \(.*\) in emu"):
        picture_folder.load(folder)


def test_class_with_broken_pictures_only_is_an_error(folder):
    (folder / "emu").mkdir()
    (folder / "emu" / "1.png").write_bytes(b"")
    with pytest.raises(BadData, match="in emu"):
        picture_folder.load(folder)


def test_folder_without_folders_is_an_error(tmp_path):
    with pytest.raises(BadData, match="has 0 folders"):
        picture_folder.load(tmp_path)


def test_file_is_no_folder(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(BadData, match="cannot be read as a folder of pictures: Not a directory"):
        picture_folder.load(tmp_path / "x")


def test_too_few_to_hold_any_out(folder):
    for path in folder.glob("*/*"):
        if path.name > "02.png":
            path.unlink()
    with pytest.raises(BadData, match="too few pictures"):
        picture_folder.load(folder)


@pytest.mark.parametrize(("count", "held_out"), [(6, 1), (14, 1), (16, 2), (25, 2), (26, 3)])
def test_a_tenth_is_held_out_to_the_nearest_picture(tmp_path, count, held_out):
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for i in range(count):
            Image.new("L", (8, 8), i).save(tmp_path / label / f"{i:02}.png")
    assert np.bincount(picture_folder.load(tmp_path).held_out.classes).tolist() == [held_out] * 2


def test_one_class_is_none(folder, tmp_path_factory):
    alone = tmp_path_factory.mktemp("alone")
    (folder / "cat").rename(alone / "cat")
    with pytest.raises(BadData, match="has 1 folders: expected one folder"):
        picture_folder.load(alone)


def test_hidden_files_and_folders_are_not_seen(folder):
    before = picture_folder.load(folder)
    (folder / ".thumbnails").mkdir()
    (folder / "cat" / "._00.png").write_bytes(b"what another system left beside the picture")
    after = picture_folder.load(folder)
    assert (after.labels, after.skipped, after.sha256) == (before.labels, (), before.sha256)
