"""Rooms import each other as docs/rooms.toml says, in no circle, and the drawing is current."""

import runpy
from pathlib import Path

import pytest

DRAW = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "draw_rooms.py"))
PACKAGES = DRAW["PACKAGES"]
COMMAND = "python scripts/draw_rooms.py --write"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_is_declared(package):
    assert DRAW["declared"]()[package].keys() == DRAW["rooms"](package).keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_imports_another_than_declared(package):
    declared, imported = DRAW["declared"]()[package], DRAW["imported"](package)
    extra = {room: arrows - declared[room] for room, arrows in imported.items()}
    new = {room: arrows for room, arrows in extra.items() if arrows}
    assert new == {}, f"declare them in docs/rooms.toml if they shall be, and draw: {COMMAND}"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_arrow_is_declared_that_nothing_needs(package):
    declared, imported = DRAW["declared"]()[package], DRAW["imported"](package)
    unused = {room: arrows - imported[room] for room, arrows in declared.items()}
    needless = {room: arrows for room, arrows in unused.items() if arrows}
    assert needless == {}, f"take them out of docs/rooms.toml, and draw: {COMMAND}"


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_each_other_in_no_circle(package):
    assert DRAW["circles"](DRAW["declared"]()[package]) == []


def test_the_drawing_is_what_the_command_draws_now():
    assert DRAW["PAGE"].read_text() == DRAW["page"](), COMMAND


CIRCLE = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}


def test_a_circle_is_found():
    assert DRAW["circles"](CIRCLE) == ["b", "c"]


def test_an_arrow_that_follows_from_others_is_not_drawn():
    arrows = {"cli": {"acts", "errors"}, "acts": {"errors"}, "errors": set()}
    assert list(DRAW["drawn"](arrows)) == [("acts", "errors"), ("cli", "acts")]
