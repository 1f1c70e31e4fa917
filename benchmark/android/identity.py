"""Who a phone is by its properties, in whichever way adb reaches it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from irrvit.benchmark.errors import one_line

_SERIALS = ("ro.serialno", "ro.boot.serialno", "ril.serialnumber")
# What makers leave where a serial belongs, and many phones share.
_COUNTING = (
    *("0123456789abcdef" * 2, "1234567890" * 2, "123456789abcdef" * 2),
    *("1234567890abcdef", "fedcba9876543210"),
)
_WORDS = ("unknown", "null", "none", "n/a", "invalid", "default", "undefined", "emulator")
# Of boards of Allwinner, in all that are made of them.
_SHARED_SERIALS = ("20080411",)
_ONE_WORD = re.compile(r"[!-~]+")
_SHORTEST = 5
# One that was everybody's, by a fault of 2010.
_SHARED_ANDROID_ID = "9774d56d682e549c"

# Properties that only a machine that plays a phone sets to these values.
_PLAYED = {
    "ro.boot.qemu": ("1",),
    "ro.kernel.qemu": ("1",),
    "ro.hardware.virtual_device": ("1",),
}
_PLAYED_HARDWARE = re.compile(
    r"goldfish|ranchu|vbox86|cutf_|cuttlefish|vsoc_|ttvm|\bnox\b|nemu|bluestacks|genymotion|"
    r"waydroid|redroid|anbox|bertha|cheets|windows_x86|gce_x86|vmware|virtualbox",
    re.IGNORECASE,
)
_HARDWARE = (
    *("ro.hardware", "ro.boot.hardware", "ro.product.board", "ro.product.device"),
    *("ro.product.name", "ro.build.product", "ro.board.platform"),
)
_PLAYED_MAKERS = re.compile(
    r"genymotion|genymobile|bluestacks|waydroid|redroid|anbox|subsystem for android|"
    r"android sdk built for|sdk_gphone|\bemulator\b|cuttlefish",
    re.IGNORECASE,
)
_MAKERS = ("ro.product.manufacturer", "ro.product.brand", "ro.product.model")
_PLAYED_NAMES = ("ro.genymotion.", "ro.genyd.", "ro.bst.", "bst.", "ro.boot.arc", "ro.arc.")


@dataclass(frozen=True)
class Identity:
    """What a phone is called, by its own word; `?` for what it does not say."""

    model: str
    manufacturer: str
    soc: str
    android: str
    abi: str
    emulated: bool

    @property
    def name(self) -> str:
        """Manufacturer and model; a model that begins with its maker's name is enough."""
        is_double = self.model.lower().startswith(self.manufacturer.lower())
        return self.model if is_double else f"{self.manufacturer} {self.model}"


def read(properties: Mapping[str, str]) -> Identity:
    """From `getprop`."""

    def said(name: str) -> str:
        return one_line(properties.get(name, ""))

    soc = [said("ro.soc.manufacturer"), said("ro.soc.model")]
    return Identity(
        model=said("ro.product.model") or "?",
        manufacturer=said("ro.product.manufacturer") or "?",
        soc=" ".join(filter(None, soc)) or said("ro.board.platform") or "?",
        android=said("ro.build.version.release") or "?",
        abi=said("ro.product.cpu.abi") or "?",
        emulated=is_emulated(properties),
    )


def is_emulated(properties: Mapping[str, str]) -> bool:
    """Whether it is Google's emulator, or another machine that plays a phone or holds an Android.

    Genymotion, BlueStacks, Nox, Waydroid and their like; a Chromebook's ARC and Windows' subsystem
    run Android beside another system, and what they measure is no phone.
    """
    return (
        any(properties.get(name) in values for name, values in _PLAYED.items())
        or "emulator" in properties.get("ro.build.characteristics", "").split(",")
        or any(_PLAYED_HARDWARE.search(properties.get(name, "")) for name in _HARDWARE)
        or any(_PLAYED_MAKERS.search(properties.get(name, "")) for name in _MAKERS)
        or any(name.startswith(_PLAYED_NAMES) for name in properties)
    )


def is_serial(said: str) -> bool:
    """Whether it can tell one phone from all others."""
    plain = said.strip().lower()
    return (
        len(plain) >= _SHORTEST
        and _ONE_WORD.fullmatch(plain) is not None
        and len(set(filter(str.isalnum, plain))) > 1
        and not plain.startswith(_WORDS)
        and plain not in _SHARED_SERIALS
        and not any(plain in counting for counting in _COUNTING)
    )


def is_android_id(said: str) -> bool:
    """`settings get secure android_id`: a number that is drawn when a phone is set up."""
    plain = said.strip().lower()
    return bool(re.fullmatch(r"[0-9a-f]{15,16}", plain)) and plain != _SHARED_ANDROID_ID


def hardware_serial(properties: Mapping[str, str]) -> str | None:
    """The serial that its maker gave it: one by cable, by address and by wireless debugging."""
    said = (properties.get(name, "").strip() for name in _SERIALS)
    return next((serial for serial in said if is_serial(serial)), None)


def to_hash(own: str) -> str:
    """Tells phones apart without saying which one it is."""
    return hashlib.sha256(own.encode(errors="replace")).hexdigest()[:16]
