"""What is installed, what is given and what is called: the phone itself is in tests/conftest.py."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

PHONE = Path(__file__).parents[2] / "phone"


@pytest.fixture
def phone(start_phone):
    return start_phone()


@pytest.fixture
def played():
    """The folder with what plays a phone and its programs."""
    return PHONE


@pytest.fixture
def write_arm_program():
    """`tests/phone/arm_program.py`, which is no module of a package."""
    return runpy.run_path(str(PHONE / "arm_program.py"))["write"]
