"""How adb reaches a phone, by the name it has there, and what to do when it does not. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    """What to say about a phone that is reached in this way; each follows a subject or a colon.

    Attributes:
        is_cable: a cable feeds it.
        serial: its own, where its name has it.
        gone: a question about what may have gone wrong.
        again: how it is attached anew.
        other: what to try when what is sent arrives damaged.
    """

    is_cable: bool
    serial: str | None
    gone: str
    again: str
    other: str


_ADDRESS = re.compile(r".+:[0-9]{1,5}")
_WIRELESS = re.compile(r"adb-(?P<serial>.+?)(?:-[A-Za-z0-9]{6})?\._adb[a-z-]*\._tcp\.?")
_EMULATOR = re.compile(r"emulator-[0-9]+")


def of(name: str) -> Attachment:
    """By a name of adb's: `39041FDJH00abc`, `192.168.1.7:5555`, `adb-39041FDJH00-x1y2z3._adb...`.

    Only one by cable is ever told about a cable.
    """
    wireless = _WIRELESS.fullmatch(name)
    if wireless:
        return Attachment(
            is_cable=False,
            serial=wireless["serial"],
            gone="is it in this network, and is wireless debugging on?",
            again="switch wireless debugging off and on in its developer options",
            other="another network",
        )
    if _EMULATOR.fullmatch(name):
        return Attachment(False, None, "is it still running?", "start it again", "starting it anew")
    if _ADDRESS.fullmatch(name):
        return Attachment(
            is_cable=False,
            serial=None,
            gone=f"is it in this network? adb connect {name}",
            again=f"connect it again (adb disconnect {name}, then adb connect {name})",
            other="another network",
        )
    return Attachment(
        is_cable=True,
        serial=name,
        gone="is its cable loose?",
        again="pull its cable and plug it in again",
        other="another cable",
    )
