"""What a profile comes to is the worse of it and of what was measured for its page."""

from dataclasses import dataclass
from typing import Any

import pytest

from irrvit.benchmark.errors import ExitCode
from irrvit.benchmark.profiling.records import ProfileResult


@dataclass
class Measured:
    exit_code: ExitCode


@pytest.mark.parametrize(
    ("problems", "measured", "code"),
    [
        ({}, None, 0),
        ({"net": "died"}, None, 2),
        ({}, ExitCode.FAILED, 1),
        ({"net": "died"}, ExitCode.PASSED, 2),
        ({"net": "died"}, ExitCode.INTERRUPTED, 130),
    ],
)
def test_the_exit_code_is_the_worse(problems, measured, code):
    result: Any = None if measured is None else Measured(measured)
    assert ProfileResult([], problems, result).exit_code == code
