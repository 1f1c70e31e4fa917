"""What words of a command line come to, without doing it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from irrvit.benchmark.cli import CommandLine


class Asked(NamedTuple):
    """An act by its name, and what it would be done with."""

    act: str
    options: Any
    as_json: bool


@pytest.fixture
def understand():
    """`understand("--profile", "net.onnx")`; SystemExit where that is refused."""

    def understand(*words: str) -> Asked:
        asked = []

        def perform(load, options, *, as_json):
            asked.append(Asked(load.__name__.strip("_"), options, as_json))

        with pytest.raises(SystemExit) as ended:
            CommandLine(perform)(words)
        if not asked:
            raise SystemExit(ended.value.code)
        return asked[0]

    return understand
