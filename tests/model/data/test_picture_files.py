"""Files are found as torchvision's ImageFolder finds them, but for what is said."""

import os

import pytest
from PIL import Image

from irrvit.model.data.picture_files import class_folders, pictures_below
from irrvit.model.errors import BadData


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def names_below(folder):
    return [path.relative_to(folder).as_posix() for path in pictures_below(folder)]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("a.jpg", True),
        ("A.JPEG", True),
        ("a.Png", True),
        ("a.pgm", True),
        ("a.gif", True),
        ("deep/er/a.webp", True),
        ("a.jpg.txt", False),
        ("jpg", False),
        ("a.npy", False),
        ("._a.jpg", False),
        (".thumbnails/a.jpg", False),
    ],
)
def test_a_picture_is_known_by_the_end_of_its_name(tmp_path, name, seen):
    touch(tmp_path, name)
    assert names_below(tmp_path) == [name] * seen


@pytest.mark.needs("torchvision")
def test_the_order_is_torchvisions(tmp_path):
    from torchvision.datasets import ImageFolder

    touch(tmp_path / "cat", "b.png", "a.PNG", "B.jpg", "x/1.png", "x-y/1.png", "x/y/1.png")
    touch(tmp_path / "Dog", "10.png", "9.png")
    (tmp_path / "emu").symlink_to(tmp_path / "cat" / "x")
    theirs = ImageFolder(tmp_path)
    assert class_folders(tmp_path) == theirs.classes
    ours = [str(p) for label in theirs.classes for p in pictures_below(tmp_path / label)]
    assert ours == [path for path, _ in theirs.samples]


def test_links_to_pictures_and_to_folders_are_followed(tmp_path):
    touch(tmp_path / "elsewhere", "a.png", "in/b.png")
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "link.png").symlink_to(tmp_path / "elsewhere" / "a.png")
    (tmp_path / "cat" / "more").symlink_to(tmp_path / "elsewhere")
    assert names_below(tmp_path / "cat") == ["link.png", "more/a.png", "more/in/b.png"]


@pytest.mark.parametrize("back", ["cat/in/back -> cat", "cat/dog -> dog, dog/cat -> cat"])
def test_links_in_a_circle_come_to_an_end(tmp_path, back):
    touch(tmp_path, "cat/a.png", "cat/in/b.png", "dog/c.png")
    for link in back.split(", "):
        path, target = link.split(" -> ")
        (tmp_path / path).symlink_to(tmp_path / target)
    names = names_below(tmp_path / "cat")
    assert len(names) == len(set(names)) <= 3
    assert {"a.png", "in/b.png"} <= set(names)


def test_hidden_folders_and_files_are_no_classes(tmp_path):
    touch(tmp_path, ".cache/a.png", "cat/a.png", "notes.txt", "a.png")
    assert class_folders(tmp_path) == ["cat"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="only on accounts other than root"
)
def test_a_folder_that_may_not_be_read_is_said(tmp_path):
    touch(tmp_path, "cat/in/a.png")
    (tmp_path / "cat/in").chmod(0)
    with pytest.raises(BadData, match=r"in' cannot be read .*: Permission denied"):
        pictures_below(tmp_path / "cat")


def test_a_file_is_no_folder(tmp_path):
    Image.new("L", (1, 1)).save(tmp_path / "a.png")
    with pytest.raises(BadData, match="cannot be read as a folder of pictures: Not a directory"):
        class_folders(tmp_path / "a.png")
