"""What the app's sources may and may not use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from irrvit.export import artifact
from irrvit.export.artifact import content_hash
from irrvit.export.proof import cases

_APP = Path(__file__).parents[2] / "ios_app"
_BUILT_IN = _APP / "BuiltIn"
_IMPORT = re.compile(r"^\s*(?:@\w+ )*import (?:struct |class )?(\w+)", re.MULTILINE)
_SOURCES = sorted(
    path for room in ("Core", "Runtime", "App") for path in (_APP / room).glob("*.swift")
)


def imports(folder: str) -> set[str]:
    sources = "\n".join(path.read_text() for path in (_APP / folder).glob("*.swift"))
    return set(_IMPORT.findall(sources))


def test_the_core_needs_foundation_alone():
    assert imports("Core") == {"Foundation"}


def test_rooms_import_one_way():
    assert imports("Runtime") == {
        "Core", "CoreML", "CoreVideo", "CryptoKit", "Darwin", "Foundation", "Glibc",
    }  # fmt: skip
    assert {"Core", "Runtime"} < imports("App")


def test_no_package_of_others_is_used():
    assert ".package(" not in (_APP / "Package.swift").read_text()


@pytest.mark.parametrize(
    "word", ["URLSession", "NWConnection", "import Network", "http://", "https://"]
)
def test_nothing_can_leave_the_phone_over_a_network(word):
    assert [path.name for path in _SOURCES if word in path.read_text()] == []


def test_the_only_address_that_is_listened_on_is_loopback():
    text = (_APP / "Runtime/BenchmarkServer.swift").read_text()
    assert "0x7f00_0001" in text
    assert "INADDR_ANY" not in text


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.name)
def test_nothing_crashes_on_purpose(path):
    text = path.read_text()
    for word in ("fatalError", "try!", " as! "):
        assert word not in text, word


_COMMITTED = pytest.mark.parametrize("folder", ["1_irrvit_60m", "2_irrvit_fashion"])


@_COMMITTED
def test_a_network_that_is_committed_is_proved_and_whole(folder):
    opened = artifact.open(_BUILT_IN / "models" / folder)
    assert opened.manifest.passed
    assert opened.manifest.target == "coreml"
    assert content_hash(opened.path) == opened.manifest.sha256


@_COMMITTED
def test_a_network_that_is_committed_has_todays_weights(folder):
    opened = artifact.open(_BUILT_IN / "models" / folder)
    weights = _APP.parent / f"model/weights/{folder.partition('_')[2]}.safetensors"
    assert content_hash(weights)[:12] in opened.manifest.weights


def test_golden_pictures_are_those_of_the_project_without_loss():
    image = pytest.importorskip("PIL.Image")
    pictures = {path.stem: path for path in (_BUILT_IN / "golden").iterdir()}
    assert set(pictures) == {path.stem for path in cases.pictures()}
    for path in cases.pictures():
        with image.open(path) as original, image.open(pictures[path.stem]) as copy:
            assert original.convert("RGB").tobytes() == copy.tobytes()
