"""`--help` shows every option under a title, in 80 columns."""

import re

import pytest
from typer.testing import CliRunner

from irrvit.export.cli import app
from irrvit.export.precision import Precision


@pytest.fixture(scope="module")
def text():
    done = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"})
    assert done.exit_code == 0
    return done.output


def groups(text):
    """The options of each group by its title."""
    parts = re.split(r"^(\w[^:\n]*):$", text, flags=re.M)
    return {title: re.findall(r"^  (--[\w-]+)", body, re.M) for title, body in zip(
        parts[1::2], parts[2::2], strict=True)}  # fmt: skip


def test_every_option_is_in_one_group_with_a_title(text):
    shown = groups(text)
    assert list(shown) == ["Network", "Files", "In 8 bits", "Checks", "Other", "Commands"]
    assert shown["Network"][0] == "--model"
    assert {"--target", "--precision", "--out"} <= set(shown["Files"])
    assert {"--calibration", "--keep-float"} <= set(shown["In 8 bits"])
    assert {"--explain", "--evaluate"} <= set(shown["Checks"])
    assert shown["Other"] == ["--list", "--help"]


def test_it_fits_80_columns(text):
    assert max(map(len, text.splitlines())) <= 80


def test_every_precision_is_named(text):
    assert set(Precision) <= set(re.findall(r"\w+", text))
