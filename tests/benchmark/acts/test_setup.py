"""What is set up is what a kind says that it needs."""

import pytest

from irrvit.benchmark import devices
from irrvit.benchmark.acts import setup
from irrvit.benchmark.acts.options import SetupOptions
from irrvit.benchmark.errors import BadOptions

KIND = """
RUNTIMES = {}

def setup(progress):
    for percent in (0, 1, 2, 7):
        progress("downloading", percent / 100)
    progress("trying", 0.07)
    return "it is ready in " + "/a/long/path" * 10
"""


@pytest.fixture
def _needy(tmp_path, monkeypatch):
    """A kind of the name `needy`."""
    (tmp_path / "needy.py").write_text(KIND)
    monkeypatch.setattr(devices, "__path__", [*devices.__path__, str(tmp_path)])


def test_kinds_that_need_no_setup_are_refused_with_those_that_do():
    with pytest.raises(BadOptions, match="setup got 'host': expected one of arm64, browser"):
        setup.run(SetupOptions("host"), lambda name, stage: None)


@pytest.mark.usefixtures("_needy")
def test_progress_is_told_by_stage_and_every_twentieth():
    told = []
    setup.run(SetupOptions("needy"), lambda *words: told.append(words))
    assert told == [
        ("needy", "  0%  downloading"),
        ("needy", "  7%  downloading"),
        ("needy", "  7%  trying"),
    ]


@pytest.mark.usefixtures("_needy")
def test_a_long_path_is_printed_in_one_line():
    result = setup.run(SetupOptions("needy"), lambda name, stage: None)
    assert setup.to_table(result) == result.message
    assert setup.to_json(result) == {"kind": "needy", "message": result.message}
