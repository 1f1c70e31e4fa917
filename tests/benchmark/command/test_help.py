"""`--help` shows an act's own options, in groups, and fits a terminal."""

import subprocess
import sys

import pytest

from irrvit.benchmark.cli import CommandLine


@pytest.fixture
def show_help(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    def show_help(*words):
        with pytest.raises(SystemExit) as ended:
            CommandLine()([*words, "--help"])
        assert ended.value.code == 0
        return capsys.readouterr().out

    return show_help


ACTS = CommandLine(lambda load, options, as_json: None).takes


@pytest.mark.parametrize("act", ACTS)
def test_help_has_the_options_of_the_act_and_no_others_and_fits_80_columns(show_help, act):
    text = show_help(act)
    assert max(map(len, text.splitlines())) <= 80
    listed = {word for line in text.splitlines() for word in line.split()[:1] if word[:2] == "--"}
    assert listed == set(ACTS[act])


def test_help_without_an_act_is_that_of_measuring_and_names_the_others(show_help):
    text = show_help()
    assert text == show_help("measure")
    assert "Usage: irrvit-bench [measure] [OPTIONS] [FILE]..." in text
    assert all(f"\n  {act} " in text for act in ACTS)


def test_options_are_grouped_under_titles_in_one_order(show_help):
    text = show_help("measure")
    titles = [line[:-1] for line in text.splitlines() if line[:1] != " " and line.endswith(":")]
    assert titles == ["Acts", "Arguments", "Files", "Device", "Timing", "Result", "Options"]
    device = text[text.index("Device:") : text.index("Timing:")]
    assert "--apk FILE" in device
    assert "android: The app to install." in device


def test_an_old_spelling_gets_the_help_of_its_act(show_help):
    assert show_help("--profile") == show_help("profile")


@pytest.mark.parametrize("act", ["measure", "profile", "show"])
def test_help_loads_nothing_that_measures(act):
    code = f"""
import sys
from irrvit.benchmark.cli import CommandLine
try:
    CommandLine()([{act!r}, "--help"])
except SystemExit:
    sys.exit(str({{"numpy", "torch", "pydantic", "jinja2"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"
