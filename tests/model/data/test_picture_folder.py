from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data import picture_folder
from irrvit.model.errors import BadData
from irrvit.model.spec import preprocess, upright


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


@pytest.mark.parametrize("file", ["notes.txt", "broken.png"])
def test_a_class_without_pictures_is_a_class(folder, file):
    """Sorted order counts it too; training says that it cannot learn it."""
    (folder / "emu").mkdir()
    (folder / "emu" / file).write_text("none yet")
    data = picture_folder.load(folder)
    assert data.labels == ("cat", "dog", "emu")
    assert 2 not in {*data.train.classes, *data.held_out.classes}


def test_folders_without_any_picture_are_an_error(folder):
    for path in folder.glob("*/*"):
        path.unlink()
    with pytest.raises(BadData, match="has 2 folders, and in them no readable picture"):
        picture_folder.load(folder)


def test_folder_without_folders_is_an_error(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "flat.png")
    with pytest.raises(BadData, match=r"has 0 folders, .*: expected one folder of pictures for"):
        picture_folder.load(tmp_path)


def test_file_is_no_folder(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(BadData, match="cannot be read as a folder of pictures: Not a directory"):
        picture_folder.load(tmp_path / "x")


@pytest.mark.parametrize("each", [1, 5])
def test_of_few_pictures_none_is_held_out(folder, each):
    for path in folder.glob("*/*"):
        if int(path.stem) >= each:
            path.unlink()
    data = picture_folder.load(folder)
    assert (len(data.train), len(data.held_out)) == (2 * each, 0)


def test_a_folder_is_called_by_its_name_also_from_within(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert picture_folder.load(Path(".")).name == folder.name


@pytest.mark.parametrize(("count", "held_out"), [(6, 1), (14, 1), (16, 2), (25, 2), (26, 3)])
def test_a_tenth_is_held_out_to_the_nearest_picture(tmp_path, count, held_out):
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for i in range(count):
            Image.new("L", (8, 8), i).save(tmp_path / label / f"{i:02}.png")
    assert np.bincount(picture_folder.load(tmp_path).held_out.classes).tolist() == [held_out] * 2


def test_hidden_files_and_folders_are_not_seen(folder):
    before = picture_folder.load(folder)
    (folder / ".thumbnails").mkdir()
    (folder / "cat" / "._00.png").write_bytes(b"what another system left beside the picture")
    after = picture_folder.load(folder)
    assert (after.labels, after.skipped, after.sha256) == (before.labels, (), before.sha256)


def test_what_lies_deeper_or_behind_a_link_counts(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / "dog").rename(elsewhere / "dogs")
    (folder / "dog").symlink_to(elsewhere / "dogs")
    (folder / "cat" / "more").mkdir()
    (folder / "cat" / "00.png").rename(folder / "cat" / "more" / "00.PNG")
    data = picture_folder.load(folder)
    assert np.bincount(np.r_[data.train.classes, data.held_out.classes]).tolist() == [20, 20]


class TestAsTorchvision:
    """Pictures of every kind are what torchvision's `pil_loader` makes of them."""

    RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)

    @pytest.fixture
    def write(self, tmp_path):
        (tmp_path / "one").mkdir()
        return lambda image, name, **options: image.save(tmp_path / "one" / name, **options)

    @staticmethod
    def seen(folder):
        from torchvision.datasets.folder import pil_loader

        data = picture_folder.load(folder)
        (file,) = folder.glob("one/*")
        return np.asarray(upright(data.train.read(0))), np.asarray(pil_loader(str(file)))

    @pytest.mark.needs("torchvision")
    @pytest.mark.parametrize(
        ("mode", "name"),
        [
            ("RGB", "a.JPEG"),
            ("CMYK", "a.jpg"),
            ("CMYK", "a.tif"),
            ("L", "a.jpg"),
            ("L", "a.PNG"),
            ("L", "a.pgm"),
            ("LA", "a.png"),
            ("RGBA", "a.png"),
            ("RGBA", "a.webp"),
            ("P", "a.png"),
            ("P", "a.bmp"),
            ("1", "a.png"),
            ("RGB", "a.ppm"),
            ("RGBA", "a.tiff"),
        ],
    )
    def test_in_the_colours_of_a_mode(self, tmp_path, write, mode, name):
        image = Image.fromarray(self.RGB)
        write((image.convert("L") if mode == "LA" else image).convert(mode), name)
        ours, theirs = self.seen(tmp_path)
        assert np.array_equal(ours, theirs)

    @pytest.mark.needs("torchvision")
    @pytest.mark.parametrize("name", ["a.png", "a.tif"])
    @pytest.mark.parametrize(("level", "becomes"), [(200, 200), (255, 255), (256, 255)])
    def test_sixteen_bits_of_grey_are_cut_at_255(self, tmp_path, write, name, level, becomes):
        write(Image.fromarray(np.full((8, 8), level, np.uint16)), name)
        ours, theirs = self.seen(tmp_path)
        assert np.array_equal(ours, theirs)
        assert ours[0, 0].tolist() == [becomes] * 3

    @pytest.mark.needs("torchvision")
    def test_transparency_of_a_palette_is_forgotten(self, tmp_path, write):
        write(Image.fromarray(self.RGB).convert("P"), "a.png", transparency=3)
        ours, theirs = self.seen(tmp_path)
        assert np.array_equal(ours, theirs)

    @pytest.mark.needs("torchvision")
    @pytest.mark.parametrize("name", ["a.gif", "a.tif", "a.webp"])
    def test_of_several_pictures_in_a_file_the_first_is_seen(self, tmp_path, write, name):
        more = [Image.new("RGB", (30, 20), "red")]
        write(Image.fromarray(self.RGB), name, save_all=True, append_images=more)
        ours, theirs = self.seen(tmp_path)
        assert np.array_equal(ours, theirs)

    @pytest.mark.needs("torchvision")
    def test_only_a_turned_camera_is_seen_otherwise(self, tmp_path, write):
        exif = Image.Exif()
        exif[0x0112] = 6  # A quarter turn clockwise makes it upright.
        write(Image.fromarray(self.RGB), "a.png", exif=exif)
        ours, theirs = self.seen(tmp_path)
        assert np.array_equal(ours, np.rot90(theirs, -1))
