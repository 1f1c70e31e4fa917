"""What stands in for Apple's frameworks on Linux declares nothing that Apple's headers do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_STUBS = _HERE.parents[1] / "ios_app/Stubs"
# The others are Swift only: no header tells what they declare.
_OBJECTIVE_C = ("AVFoundation", "CoreML", "CoreVideo", "ImageIO", "UIKit")
_COMMENT = re.compile(r"^\s*// (name|method|value|swift): (.+)$")
_DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))? )*(?:(?:public|open)(?:\(set\))? |(?:case|func|var) )"
    r"(?:(?:override|required|convenience|static|class|final|nonisolated|private\(set\)) )*"
    r"(?:class|struct|enum|protocol|typealias|let|var|func|init|case|extension)?\s*`?(\w+)?"
)
_LISTED = (_HERE / "apple_names.txt").read_text().splitlines()


def declarations() -> list[tuple[str, str, str | None]]:
    """(place, Swift's name, Apple's) of all that is public in the stand-ins."""
    found = []
    for path in (
        path for module in _OBJECTIVE_C for path in sorted((_STUBS / module).glob("*.swift"))
    ):
        lines = path.read_text().splitlines()
        for i, line in enumerate(lines):
            if _is_public(line, lines[:i]):
                match = _DECLARATION.match(line)
                assert match is not None, line
                comment = _COMMENT.match(lines[i - 1])
                said = None if comment is None else f"{comment[1]} {comment[2]}"
                found.append((f"{path.name}:{i + 1}", match[1] or "init", said))
    return found


def _is_public(line: str, before: list[str]) -> bool:
    if re.match(r"^\s*(?:@\w+(?:\([^)]*\))? )*(?:public|open) ", line):
        return "extension" not in line
    if re.match(r"^\s*case \w+ = |^\s*case \w+(?:\(\w+\))?$", line):
        return True
    # What a protocol asks for is as public as it is.
    if not re.match(r"^    (?:func|var) ", line):
        return False
    opened = next((one for one in reversed(before) if one and not one.startswith((" ", "}"))), "")
    return opened.startswith("public protocol")


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str, str | None]]:
    return declarations()


def test_every_declaration_says_what_it_stands_for(found):
    assert len(found) > 150
    assert [place for place, _, said in found if said is None] == []


def test_every_name_is_in_apples_headers(found):
    listed = set(_LISTED)
    invented = [
        (place, said)
        for place, _, said in found
        if said is not None and not said.startswith("swift ") and _listed_as(said) not in listed
    ]
    assert invented == []


def test_a_declaration_bears_apples_name(found):
    """A method may say more in Objective-C, but Swift's name is a part of it."""
    others = []
    for place, name, said in found:
        if said is None or said.startswith("swift "):
            continue
        apples = said.split()[2 if said.startswith("method ") else 1].lower()
        # Swift asks whether something is so, Objective-C sets it; it also spells "HD".
        plain = name.lower().removeprefix("is").removeprefix("hd")
        if name != "init" and plain not in apples:
            others.append((place, name, said))
    # Swift makes enumerations of what are classes and functions in Objective-C.
    allowed = {"cpu", "gpu", "neuralEngine", "width", "height", "draw", "sRGB", "readOnly"}
    assert [entry for entry in others if entry[1] not in allowed] == []


@pytest.mark.parametrize(
    "invented",
    ["method MLModel predictNow:", "name AVCaptureFrontDoor", "value MLComputeUnitsCPUOnly 7"],
)
def test_an_invented_name_would_be_found(invented):
    assert _listed_as(invented) not in _LISTED


def test_the_list_says_which_headers_it_is_from():
    crates = [line.split() for line in _LISTED if line.startswith("crate ")]
    assert len(crates) == 10
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for _, _, version in crates)


def _listed_as(said: str) -> str:
    """Numbers are listed as plain ones."""
    kind, *words = said.split()
    if kind == "value" and re.fullmatch(r"[0-9a-fA-Fx|]+", words[-1]):
        total = 0
        for part in words[-1].split("|"):
            total |= int(part, 0)
        words[-1] = str(total)
    return " ".join([kind, *words])
