"""Files and functions are short enough to be read at once, and the lines of documents too."""

import ast
import itertools
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_FILE, _FUNCTION, _LINE = 250, 40, 100
# A command's declaration is as long as its options are many.
_COMMANDS = {"model/training/cli.py": {"train"}, "export/cli.py": {"export"}}


def _tracked(*suffixes: str) -> list[str]:
    patterns = [f"*{suffix}" for suffix in suffixes]
    names = subprocess.check_output(["git", "ls-files", "-z", *patterns], cwd=_ROOT, text=True)
    return [name for name in names.split("\0") if name and (_ROOT / name).is_file()]


@pytest.mark.parametrize("suffix", [".py", ".ts", ".kt", ".swift", ".sh"])
def test_no_file_is_longer_than_250_lines(suffix):
    lines = {name: len((_ROOT / name).read_text().splitlines()) for name in _tracked(suffix)}
    assert lines
    assert {name: count for name, count in lines.items() if count > _FILE} == {}


def test_no_function_of_python_is_longer_than_40_lines():
    long = {}
    for name in _tracked(".py"):
        for node in ast.walk(ast.parse((_ROOT / name).read_text())):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            count = (node.end_lineno or 0) - node.lineno + 1
            if count > _FUNCTION and node.name not in _COMMANDS.get(name, set()):
                long[f"{name}: {node.name}"] = count
    assert long == {}


@pytest.mark.parametrize("name", _tracked(".md"))
def test_text_of_a_document_has_lines_of_at_most_100_characters(name):
    """Tables and what is shown as code are as wide as they are."""
    fences = itertools.accumulate(
        line.startswith("```") for line in (_ROOT / name).read_text().splitlines()
    )
    lines = zip((_ROOT / name).read_text().splitlines(), fences, strict=True)
    text = [line for line, fence in lines if fence % 2 == 0 and not line.startswith(("|", "    "))]
    assert [line for line in text if len(line) > _LINE] == []


def test_the_readme_has_at_most_150_lines():
    assert len((_ROOT / "README.md").read_text().splitlines()) <= 150
