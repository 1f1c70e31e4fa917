"""What keeps a benchmark from being run; a slow or wrong network is none of these."""

from __future__ import annotations

from enum import IntEnum

_LONGEST = 300


def one_line(said: str) -> str:
    """What a device said, for a message: one line, short, and nothing that moves a cursor.

    It goes into a message as a value, and never becomes the text that values are put into.
    """
    printable = "".join(c if c.isprintable() else " " for c in said[: 4 * _LONGEST])
    words = " ".join(printable.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} ..."


class ExitCode(IntEnum):
    """What `irrvit-bench` ends with; a check that could not run has not failed."""

    PASSED = 0
    FAILED = 1
    COULD_NOT_RUN = 2
    INTERRUPTED = 130


class BenchmarkError(Exception):
    """Something cannot be measured; the message says what, why, and what to do."""


class BadOptions(BenchmarkError):
    """Options that make no sense together, or a name that nobody knows."""


class DeviceNotFound(BenchmarkError):
    """No device of this kind, or no such kind."""


class RuntimeUnavailable(BenchmarkError):
    """This device cannot run files of this format, or a package for it is missing."""


class SetupFailed(BenchmarkError):
    """What a kind of device needs could not be installed or built."""


class CommandFailed(BenchmarkError):
    """What ran on the device died, hung or complained; the others go on."""


class NoAnswer(CommandFailed):
    """What ran on the device did not answer in time."""


class AnswersUnknown(CommandFailed):
    """What ran on the device says how long it took, and not what came out."""


class DeviceLost(CommandFailed):
    """The device itself is gone: a cable was pulled. It may come back, unless it was waited for."""

    def __init__(self, message: str, *, is_final: bool = False):
        super().__init__(message)
        self.is_final = is_final


class BadStore(BenchmarkError):
    """Results cannot be read or written."""
