"""Which kinds of device there are: the files of `benchmark/devices/`, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from types import ModuleType
from typing import cast

from irrvit.benchmark import devices
from irrvit.benchmark.device import READY, Device, Finder, HidesHeat, SeenDevice
from irrvit.benchmark.errors import BadOptions, BenchmarkError, DeviceNotFound, RuntimeUnavailable
from irrvit.model.progress import Notify


def names() -> list[str]:
    """The kinds that are installed, by file name, with hyphens; imports none of them."""
    found = [module.name for module in pkgutil.iter_modules(devices.__path__)]
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def load(kind: str) -> ModuleType:
    """The module of a kind: a Device, or a Finder."""
    return importlib.import_module(f"{devices.__name__}.{kind.replace('-', '_')}")


def hides_heat(name: str) -> bool:
    """Whether no device of this name will ever say how warm it is."""
    kind = load(name) if name in names() else None
    return isinstance(kind, HidesHeat) and kind.HIDES_HEAT


def own_options() -> dict[str, list[str]]:
    """The options that only some kinds take, by the name of their field, and which kinds do."""
    takers: dict[str, list[str]] = {}
    for kind in names():
        for name in _options_of(load(kind)):
            takers.setdefault(name, []).append(kind)
    return takers


def _options_of(kind: object) -> list[str]:
    return [field.name for field in fields(kind.Options)] if isinstance(kind, Finder) else []


def find(
    name: str,
    given: Mapping[str, object] = {},
    notify: Notify = lambda name, stage: None,
) -> Device:
    """A device by the name of its kind; another name is offered to the kinds that can search.

    Args:
        given: of `own_options`, those that were given.

    Raises:
        DeviceNotFound: nothing has this name; the message says what there is.
        BadOptions: several have it, or its kind does not take what was given.
    """
    if name in names():
        kind = load(name)
        _refuse_foreign(name, _options_of(kind), given)
        if isinstance(kind, Finder):
            return kind.find(name, kind.Options(**given), notify)
        return cast(Device, kind)
    reasons = []
    for kind in map(load, names()):
        if not isinstance(kind, Finder) or not given.keys() <= set(_options_of(kind)):
            continue
        try:
            return kind.find(name, kind.Options(**given), notify)
        except (DeviceNotFound, RuntimeUnavailable) as error:
            reasons.append(str(error))
    near = get_close_matches(name, names(), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise DeviceNotFound(
        "; ".join([f"no kind of device is called '{name}' ({', '.join(names())}){hint}", *reasons])
    )


def _refuse_foreign(kind: str, takes: list[str], given: Mapping[str, object]) -> None:
    foreign = sorted(given.keys() - set(takes))
    if foreign:
        takers = own_options()
        options = [f"--{name.replace('_', '-')} ({', '.join(takers[name])})" for name in foreign]
        raise BadOptions(
            f"--device {kind} does not take {' and '.join(options)}: leave it out, or name a "
            "device of the kind in brackets"
        )


def seen() -> list[SeenDevice]:
    """Every device of every kind that is there now."""
    all_seen = []
    for name in names():
        kind = load(name)
        try:
            if isinstance(kind, Finder):
                all_seen += kind.attached()
            else:
                info = cast(Device, kind).describe()
                all_seen.append(SeenDevice(name, info.name, READY, info.soc, info.os, info.abi))
        except BenchmarkError as error:
            all_seen.append(SeenDevice(name, "-", str(error)))
    return all_seen
