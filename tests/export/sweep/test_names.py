"""A sweep is of the networks that names, patterns and files stand for, each once."""

import pytest

from irrvit.export.errors import BadOption
from irrvit.export.sweep.names import networks
from irrvit.model import sources


def test_a_name_is_itself():
    names = ["irrvit_tiny", "irrvit_tiny+conv7", "timm:resnet18.a1_in1k", "gone.pt2"]
    assert networks(names) == names


def test_a_pattern_is_all_that_it_matches_and_each_network_comes_once():
    ours = [name for name in sources.names() if name.startswith("irrvit_")]
    assert networks(["irrvit_300m", "irrvit_*", "irrvit_tiny"]) == [
        "irrvit_300m",
        *(name for name in ours if name != "irrvit_300m"),
    ]


@pytest.mark.needs("timm")
def test_a_pattern_of_timm_finds_what_timm_has():
    import timm

    found = networks(["timm:mobilenetv2_*"])
    assert found == [f"timm:{name}" for name in timm.list_models("mobilenetv2_*")]
    assert "timm:mobilenetv2_100" in found


def test_a_file_has_a_name_or_a_pattern_in_a_line_and_remarks(tmp_path):
    file = tmp_path / "networks.txt"
    file.write_text("irrvit_tiny  # the smallest\n\n# irrvit_600m\nirrvit_[13]*\n")
    assert networks([str(file)]) == ["irrvit_tiny", "irrvit_150m", "irrvit_300m"]


def test_saved_programs_are_found_by_a_pattern(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.pt2", "a.pt2", "c.txt"):
        (tmp_path / name).touch()
    assert networks(["*.pt2", "a.pt2"]) == ["a.pt2", "b.pt2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "names no network"), (b"# none\n \n", "names no network"), (b"\xff\xfe", "as text")],
)
def test_a_file_without_names_is_refused(tmp_path, content, said):
    file = tmp_path / "networks.txt"
    file.write_bytes(content)
    with pytest.raises(BadOption, match=said):
        networks([str(file)])


def test_a_pattern_that_matches_nothing_is_refused_with_the_nearest():
    with pytest.raises(BadOption, match=r"'irvit_fas\*' matches no network; did you mean"):
        networks(["irvit_fas*"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("folder", "is a folder"),
        ("networks.txt", "neither a file that is there nor a network"),
        ("irrvit_tin", "nor a network; did you mean 'irrvit_tiny'"),
    ],
)
def test_what_is_neither_a_file_nor_a_network_is_refused(tmp_path, monkeypatch, text, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadOption, match=said):
        networks([text])
