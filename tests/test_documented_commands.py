"""What the documents' blocks of code tell a reader to type is understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from irrvit.benchmark.cli import CommandLine
from irrvit.export.cli import app as export_app
from irrvit.export.command import perform as export_command
from irrvit.export.sweep import perform as export_sweep
from irrvit.model.data.find import dataset_module, dataset_names
from irrvit.model.network import variants
from irrvit.model.sources import load
from irrvit.model.training import cli as training

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*_app/*.md")]
_PROGRAM = r"irrvit-(?:export|train|bench)"
_LINE = re.compile(rf"^(?:    |\$ )?({_PROGRAM} (?:.*\\\n)*.*)", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```|(?:^    .*\n)+", re.MULTILINE | re.DOTALL)
_A_CHOICE = re.compile(r"\||\.\.\.|…")


def commands():
    for document in sorted(DOCUMENTS):
        for block in _BLOCK.findall(document.read_text()):
            yield from ((document.name, found) for found in _LINE.findall(block))


def words_of(program):
    found = {}
    for document, command in commands():
        name, *words = shlex.split(command.replace("\\\n", " "), comments=True)
        if name == f"irrvit-{program}" and not _A_CHOICE.search(" ".join(words)):
            found[f"{document}: {' '.join(words)}"] = words
    return [pytest.param(words, id=where) for where, words in found.items()]


@pytest.mark.parametrize("words", words_of("bench"))
def test_irrvit_bench_understands_what_is_documented(words):
    understood = []
    with pytest.raises(SystemExit) as ended:
        CommandLine(lambda load, options, as_json: understood.append(options))(words)
    assert not ended.value.code
    assert understood or "--help" in words


@pytest.mark.parametrize("words", words_of("train"))
def test_irrvit_train_understands_what_is_documented(words, monkeypatch):
    understood = []
    monkeypatch.setattr(training, "_execute", understood.append)
    CliRunner().invoke(training.app, words)
    (options,) = understood
    assert options.model.split("+")[0] in variants.names()


@pytest.mark.parametrize("words", words_of("export"))
def test_irrvit_export_understands_what_is_documented(words, monkeypatch):
    understood = []

    def understand(options, *_network, as_json):
        understood.append(options)
        return 0

    monkeypatch.setattr(export_command, "perform", understand)
    monkeypatch.setattr(export_sweep, "perform_sweep", understand)
    done = CliRunner().invoke(export_app, words)
    assert done.exit_code == 0, done.output
    for options in understood:
        require_classes(options)


def require_classes(options):
    """A network of ours that is tried on a named data set knows its classes."""
    if options.evaluate in dataset_names() and options.model in variants.names():
        assert set(dataset_module(options.evaluate).LABELS) <= set(load(options.model).labels)


def test_some_are_documented_for_every_command():
    assert min(len(words_of(program)) for program in ("bench", "train", "export")) >= 4
