"""Files of torch.save: read as data, whatever is pickled in them.

torch's own unpickler builds tensors and containers and refuses every other class by name before it
is imported. One class is allowed on top: the `argparse.Namespace` in which training scripts keep
their options. It is a bag of values: building one runs nothing.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from irrvit.model.errors import BadCheckpoint

_ALLOWED = [argparse.Namespace]
# How a file begins that is no checkpoint, what it is then, and what to do.
_OTHERS = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the weights: run git lfs pull"),
    (b"<", "a page of HTML or XML, not weights: download the file itself"),
    (b"\x1f\x8b", "packed by gzip: unpack it first"),
    (b"\x89HDF", "an HDF5 file, as Keras writes them: expected weights of PyTorch"),
    (b"\x93NUMPY", "a NumPy array: expected weights of PyTorch"),
)
_ENTRIES = (
    ("archive_format", "a saved torch.export program: give it as --model FILE.pt2"),
    ("constants.pkl", "a TorchScript archive, which is code: save its state_dict() instead"),
)


def read(path: Path) -> object:
    """Read what torch.save wrote, as data: tensors, containers, text, numbers, options.

    Raises:
        BadCheckpoint: it holds anything else, is damaged, or is no file of torch.save.
    """
    if (what := _what_else(path)) is not None:
        raise BadCheckpoint(f"'{path}' is {what}")
    try:
        with _allowing(_ALLOWED):
            return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise BadCheckpoint(
            f"'{path}' holds pickled Python objects other than tensors, which could run code, or "
            f"is damaged ({_reason(error)}); nothing of it was run: expected a state_dict of "
            "tensors, best saved as .safetensors"
        ) from error
    # A damaged archive or pickle shows as almost any built-in exception, depending on where.
    except Exception as error:
        raise BadCheckpoint(
            f"'{path}' is damaged, or not a file of torch.save ({_reason(error)}): copy or "
            "download it again"
        ) from error


@contextmanager
def _allowing(classes: list[Any]) -> Iterator[None]:
    """Let torch's unpickler build these, and none that another library has allowed meanwhile."""
    others = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    torch.serialization.add_safe_globals(classes)
    try:
        yield
    finally:
        torch.serialization.clear_safe_globals()
        torch.serialization.add_safe_globals(others)


def _what_else(path: Path) -> str | None:
    """What a file is that people take for weights, and what to do; None for all others."""
    with path.open("rb") as file:
        start = file.read(64)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            entries = {name.rpartition("/")[2] for name in archive.namelist()}
        return next((what for entry, what in _ENTRIES if entry in entries), None)
    return next((what for magic, what in _OTHERS if start.startswith(magic)), None)


def _reason(error: Exception) -> str:
    """The sentence of torch's message that names the cause; the rest is how to allow it."""
    text = str(error)
    at = text.find("Unsupported global: ")
    lines = text[max(at, 0) :].strip().splitlines() or [type(error).__name__]
    return lines[0][:160]
