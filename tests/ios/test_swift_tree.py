"""Swift is brought to a machine without it, or it is said what to install."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

_PATH = Path(__file__).parents[2] / "scripts/parts/ios/swift_tree.py"


@pytest.fixture
def swift_tree(tmp_path, monkeypatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("swift_tree", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv(module.VARIABLE, str(tmp_path / "tree"))
    return module


def put(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def silent(what: str, share: float) -> None:
    assert 0 <= share <= 1, what


@pytest.fixture
def tools(tmp_path, monkeypatch) -> Path:
    """A PATH of tools that are played, with nothing of this machine but a shell's."""
    folder = tmp_path / "bin"
    put(folder, "dpkg", "true")
    put(folder, "unshare", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
    put(folder, "debootstrap", 'for last; do :; done; mkdir -p "$last/usr"; echo "I: Retrieving x"')
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return folder


def test_the_tree_is_built_whole_and_once(swift_tree, tools):
    tree = swift_tree.build_tree(silent)
    assert swift_tree.is_current(tree)
    put(tools, "debootstrap", "exit 1")
    assert swift_tree.build_tree(silent) == tree


def test_one_that_was_interrupted_is_not_taken_for_whole(swift_tree, tools):
    put(tools, "debootstrap", "echo 'E: Failed to retrieve it'; exit 1")
    with pytest.raises(swift_tree.Refused, match="Failed to retrieve it"):
        swift_tree.build_tree(silent)
    assert not swift_tree.is_current(swift_tree.folder())


def test_a_tree_of_another_recipe_is_built_again(swift_tree, tools):
    tree = swift_tree.build_tree(silent)
    (tree / swift_tree.STAMP).write_text("of yesterday")
    assert not swift_tree.is_current(tree)
    assert swift_tree.is_current(swift_tree.build_tree(silent))


def test_elsewhere_than_on_debian_it_is_said_what_to_install(swift_tree, tools, monkeypatch):
    (tools / "dpkg").unlink()
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(swift_tree.Refused, match="install Swift 6"):
        swift_tree.build_tree(silent)


def test_whoever_is_not_root_is_told_both_ways(swift_tree, tools, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(swift_tree.Refused, match=r"only root.*install Swift 6.*once as root"):
        swift_tree.build_tree(silent)


def test_a_full_disk_is_said_before_anything_is_fetched(swift_tree, tools, monkeypatch):
    usage = type("Usage", (), {"free": 1_000_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(swift_tree.Refused, match=r"needs 4\.5 GB.*has 1\.0 GB left"):
        swift_tree.build_tree(silent)


def test_the_tree_lives_in_the_cache_of_the_user(swift_tree, monkeypatch):
    monkeypatch.delenv(swift_tree.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert swift_tree.folder() == Path("/somewhere/irrvit/swift")
