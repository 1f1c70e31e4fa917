"""What can stop an export; a parity check that fails is not an error but a result."""

from __future__ import annotations

from pathlib import Path


class ExportError(Exception):
    """An export could not be done; the message says what, got, expected and what to do."""


class UnknownTarget(ExportError):
    """No file under `export/targets/` has this name."""


class BadOption(ExportError):
    """An option has a value that it cannot have."""


class NotWritable(ExportError):
    """The output folder cannot be written to, or its disk is full."""

    def __init__(self, folder: Path, error: OSError):
        is_file = isinstance(error, FileExistsError | NotADirectoryError)
        super().__init__(
            f"cannot write to {error.filename or folder}: {error.strerror or error}; "
            f"{'' if is_file else 'make room or rights, or '}choose another folder with --out"
        )


class MissingExtra(ExportError):
    """A package that a target needs is not installed."""

    def __init__(self, extra: str, package: str):
        self.extra, self.package = extra, package
        super().__init__(
            f"the package {package} is not installed, and '{extra}' needs it: "
            f'pip install "irrvit-mobile[{extra}]"'
        )


class UnsupportedOp(ExportError):
    """A converter or an interpreter met an operation that it does not have."""


class RunnerUnavailable(ExportError):
    """A written file cannot be run on this machine."""


class BadArtifact(ExportError):
    """A written file or its manifest is damaged, or the two do not belong together."""
