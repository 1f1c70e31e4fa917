"""Errors: one family, and what a missing package says can be done as it stands."""

from __future__ import annotations

import ast
import inspect
from importlib.metadata import metadata
from pathlib import Path

import pytest

from irrvit.model import errors
from irrvit.model.errors import MissingPackage, ModelError

MODEL = Path(errors.__file__).parent
EXTRAS = metadata("irrvit-mobile").get_all("Provides-Extra") or []


def named_extras() -> list[str]:
    """The extras that some module of `model/` tells a user to install."""
    calls = [
        node
        for path in MODEL.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MissingPackage"
    ]
    return sorted({ast.literal_eval(call.args[1]) for call in calls})


def test_every_error_is_a_model_error():
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    assert all(issubclass(kind, ModelError) for kind in kinds)


def test_missing_package_says_what_to_type():
    error = MissingPackage("timm", "timm")
    assert (error.package, error.extra) == ("timm", "timm")
    assert str(error).endswith('needs it: pip install "irrvit-mobile[timm]"')


@pytest.mark.parametrize("extra", named_extras())
def test_every_extra_that_is_named_exists(extra):
    assert extra in EXTRAS
