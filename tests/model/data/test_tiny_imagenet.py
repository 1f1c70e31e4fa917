"""Tiny ImageNet is read from its folder or its zip, in classes that are ImageNet's."""

import io
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data import tiny_imagenet
from irrvit.model.data.find import load_dataset
from irrvit.model.data.tiny_imagenet import LABELS, WNIDS
from irrvit.model.errors import BadData

EACH = 11  # Pictures of a class: one of them is held out.


def picture(red, size=(64, 64)):
    content = io.BytesIO()
    Image.new("RGB", size, (red, 40, 200)).save(content, "JPEG", quality=95)
    return content.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The layout of the original: all classes, few pictures; the class is in the red."""
    top = tmp_path_factory.mktemp("data") / "tiny-imagenet-200"
    (top / "val/images").mkdir(parents=True)
    lines = []
    for number, wnid in enumerate(WNIDS):
        images = top / "train" / wnid / "images"
        images.mkdir(parents=True)
        (top / "train" / wnid / f"{wnid}_boxes.txt").write_text("boxes")
        for i in range(EACH):
            (images / f"{wnid}_{i}.JPEG").write_bytes(picture(number))
        (top / f"val/images/val_{number}.JPEG").write_bytes(picture(number))
        lines.append(f"val_{number}.JPEG\t{wnid}\t0\t0\t63\t63\n")
    (top / "val/val_annotations.txt").write_text("".join(reversed(lines)))
    return top


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("IRRVIT_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def copy(made, tmp_path):
    return shutil.copytree(made, tmp_path / made.name)


def reds(pictures):
    return np.array([np.asarray(pictures.read(i))[32, 32, 0] for i in range(len(pictures))])


def test_the_classes_are_200_of_imagenets_with_a_name_each():
    assert len(set(WNIDS)) == len(set(LABELS)) == 200
    assert sorted(WNIDS) == list(WNIDS)
    assert dict(zip(WNIDS, LABELS, strict=True))["n02123394"] == "Persian cat"


@pytest.mark.parametrize("named", ["", "tiny-imagenet-200"])
def test_every_picture_has_the_class_of_its_folder_or_its_line(named, made):
    data = load_dataset("tiny-imagenet", root=made.parent / named)
    assert [len(data.train), len(data.held_out)] == [200 * (EACH - 1), 200]
    assert data.test is not None
    for part in (data.train, data.test):
        assert np.abs(reds(part) - part.classes).max() <= 3  # JPEG is not exact.


def test_a_zip_gives_the_very_pictures_of_the_folder(made, tmp_path):
    path = tmp_path / "tiny-imagenet-200.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(made.rglob("*")):
            archive.write(file, file.relative_to(made.parent))
    zipped, folder = (load_dataset("tiny-imagenet", root=where) for where in (path, made))
    assert np.array_equal(zipped.train.classes, folder.train.classes)
    assert np.array_equal(reds(zipped.train), reds(folder.train))


def test_what_was_decoded_is_used_again_until_a_file_changes(copy, cache, monkeypatch):
    first = load_dataset("tiny-imagenet", root=copy)
    monkeypatch.setattr(Image, "open", lambda *_: pytest.fail("decoded again"))
    assert load_dataset("tiny-imagenet", root=copy).sha256 == first.sha256
    monkeypatch.undo()
    monkeypatch.setenv("IRRVIT_DATA_CACHE", str(cache))
    (copy / f"train/{WNIDS[0]}/images/{WNIDS[0]}_0.JPEG").write_bytes(picture(255))
    again = load_dataset("tiny-imagenet", root=copy)
    assert again.sha256 != first.sha256
    assert reds(again.train).max() > 250


FAULTS = {
    "a class without pictures": (
        lambda f: shutil.rmtree(f / "train" / WNIDS[7]),
        f"no pictures of 1 of the 200 classes, such as {WNIDS[7]}",
    ),
    "another class": (
        lambda f: (f / "train" / WNIDS[7]).rename(f / "train/n00000001"),
        "'n00000001' is none of the 200 classes",
    ),
    "a broken picture": (
        lambda f: (f / "val/images/val_3.JPEG").write_bytes(b"no picture"),
        "'val/images/val_3.JPEG' in .* is no picture",
    ),
    "a picture of another size": (
        lambda f: (f / "val/images/val_3.JPEG").write_bytes(picture(3, (65, 64))),
        "is 65 x 64: expected 64 x 64",
    ),
    "a line of no picture": (
        lambda f: (f / "val/images/val_3.JPEG").unlink(),
        "val_annotations.txt names what is not there",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_said(fault, copy, cache):
    spoil, words = FAULTS[fault]
    spoil(copy)
    with pytest.raises(BadData, match=words):
        load_dataset("tiny-imagenet", root=copy)
    assert list(cache.glob("*.part")) == []


def test_a_cache_that_cannot_be_written_is_said(made, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("IRRVIT_DATA_CACHE", str(tmp_path / "file"))
    with pytest.raises(BadData, match="name another folder with IRRVIT_DATA_CACHE"):
        load_dataset("tiny-imagenet", root=made)


@pytest.mark.parametrize("root", [None, "here"])
def test_where_it_is_not_it_is_said_what_to_name(root, tmp_path):
    where = None if root is None else tmp_path
    assert "--data-root" in str(tiny_imagenet.missing(where))
    with pytest.raises(BadData, match="--data-root the folder tiny-imagenet-200"):
        load_dataset("tiny-imagenet", root=where)


def test_it_is_not_fetched_without_its_terms(tmp_path):
    with pytest.raises(BadData, match="terms"):
        load_dataset("tiny-imagenet", root=tmp_path, download=True)
