"""Errors say what to do."""

import errno
from pathlib import Path

import pytest

from irrvit.export.errors import MissingExtra, NotWritable


def test_a_missing_package_is_named_with_what_to_install():
    error = MissingExtra("onnx", "onnxscript")
    assert (error.extra, error.package) == ("onnx", "onnxscript")
    assert str(error) == (
        "the package onnxscript is not installed, and 'onnx' needs it: "
        'pip install "irrvit-mobile[onnx]"'
    )


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "out: No space left on device;"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x: Permission denied;"),
        (OSError("odd"), "out: odd;"),
    ],
)
def test_what_cannot_be_written_is_named_with_the_reason(cause, sentence):
    text = str(NotWritable(Path("out"), cause))
    assert text.startswith(f"cannot write to {sentence}")
    assert "--out" in text
