"""Finding an iPhone among those at the cable, and what `irrvit.benchmark.device` wants of it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from irrvit.benchmark import plausible
from irrvit.benchmark.device import READY, Meter, Process, SeenDevice
from irrvit.benchmark.errors import (
    BadOptions,
    CommandFailed,
    DeviceNotFound,
    RuntimeUnavailable,
    one_line,
)
from irrvit.benchmark.iphone import launch, phone, push, usbmux
from irrvit.benchmark.iphone.app import AppProcess
from irrvit.benchmark.iphone.options import Options
from irrvit.benchmark.iphone.phone import IPhone
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.worker.runtime import LINEAR
from irrvit.benchmark.worker.runtimes import coreml
from irrvit.model.progress import Notify

RUNTIMES = {"coreml": ("coreml",)}
_KIND = "iphone"
_RETURN_S = 120.0
_MOST = {"ram_bytes": plausible.MOST_BYTES, "cores": int(plausible.OF_LOAD[1])}
_LIMITS: dict[str, plausible.Range] = {
    "load": plausible.OF_LOAD,
    "temperature_c": plausible.OF_PHONE_C,
    "frequency_mhz": (1.0, 100_000.0),
}


def attached() -> list[SeenDevice]:
    """See `irrvit.benchmark.device.Finder`."""
    return [_look(one.serial) for one in _list()]


def _list() -> list[usbmux.Attached]:
    try:
        return usbmux.attached()
    except usbmux.NoMux as error:
        raise DeviceNotFound(phone.no_daemon(error)) from error
    except usbmux.MuxError as error:
        raise DeviceNotFound(str(error)) from error


def _look(serial: str) -> SeenDevice:
    try:
        info = describe(IPhone(serial))
    except CommandFailed as error:
        return SeenDevice(_KIND, serial, str(error))
    name = f"{info.name} ({serial})"
    return SeenDevice(_KIND, name, READY, info.soc, info.os, info.abi)


def find(name: str, options: Options, notify: Notify) -> IPhoneDevice:
    """See `irrvit.benchmark.device.Finder`."""
    there = _list()
    if not there:
        raise DeviceNotFound(
            "no iPhone is attached: connect one by USB, unlock it and accept this computer on its "
            "screen; irrvit-bench devices shows what is there"
        )
    exact = [one.serial for one in there if one.is_called(name)]
    serials = exact or [one.serial for one in there]
    if options.bundle_id and len(serials) == 1:
        launch.require(IPhone(serials[0]), options.bundle_id, notify)
    fitting = serials if exact or name == _KIND else _named(serials, name)
    if len(fitting) > 1:
        names = ", ".join(_look(serial).name for serial in fitting)
        raise BadOptions(f"'{name}' fits several iPhones: {names}; give a serial with --device")
    found = IPhone(fitting[0])
    try:
        found.hello()
    except CommandFailed as error:
        raise DeviceNotFound(str(error)) from error
    return IPhoneDevice(found, options, notify)


def _named(serials: list[str], name: str) -> list[str]:
    """Those whose app says that they are called so; raises DeviceNotFound if none does."""
    seen = {serial: _look(serial) for serial in serials}
    fitting = [
        serial for serial, one in seen.items() if one.is_ready and name.lower() in one.name.lower()
    ]
    if not fitting:
        there = [one.name for one in seen.values() if one.is_ready]
        why = [one.state for one in seen.values() if not one.is_ready]
        raise DeviceNotFound("; ".join([f"iPhones: {', '.join(there) or 'none ready'}", *why]))
    return fitting


def describe(found: IPhone) -> DeviceInfo:
    """Who an iPhone is, as its app says; raises CommandFailed."""
    said = found.hello()
    try:
        known = {field: _short(said.get(field)) for field in DeviceInfo.model_fields}
        known |= {field: _count(known[field], most) for field, most in _MOST.items()}
        return DeviceInfo.model_validate(known)
    except ValidationError as error:
        raise _not_ours(found, error) from error


def _short(said: Any) -> Any:
    return one_line(said) if isinstance(said, str) else said


def _count(said: Any, most: int) -> Any:
    """0, as for what is not known, if no machine has so many."""
    return 0 if isinstance(said, int) and not 0 <= said <= most else said


def _not_ours(found: IPhone, error: ValidationError) -> CommandFailed:
    fields = one_line(", ".join(str(one["loc"][0]) for one in error.errors()))
    return CommandFailed(
        f"what answers on port {phone.PORT} of iPhone {found.serial} is not this version's app "
        f"({fields}): install it (ios_app/README.md)"
    )


class IPhoneDevice:
    """One iPhone; see `irrvit.benchmark.device.Device`."""

    ACCELERATORS = ("cpu", "gpu", "npu", "all")
    REPEATS_SHARE_PROCESS = True

    def __init__(self, found: IPhone, options: Options, notify: Notify):
        self._phone, self._notify = found, notify
        self.RUNTIMES = RUNTIMES
        self._is_to_be_cleaned = options.clean
        self._folder = tempfile.TemporaryDirectory(prefix="irrvit-bench-")

    def describe(self) -> DeviceInfo:
        return describe(self._phone)

    def state(self) -> DeviceState:
        """How it is by its own word; what others keep busy it does not tell."""
        said = {name: _short(value) for name, value in self._phone.ask("state").items()}
        said["at_utc"] = datetime.now(UTC).isoformat(timespec="seconds")
        for name, limits in _LIMITS.items():
            said[name] = plausible.within(plausible.number(said.get(name)), limits)
        said.pop("disbelieved", None)  # Which is ours to say.
        # iOS has -1 for a battery that it does not watch.
        said["battery_percent"] = plausible.percent(plausible.number(said.get("battery_percent")))
        try:
            return DeviceState.model_validate(said)
        except ValidationError as error:
            raise _not_ours(self._phone, error) from error

    def meter(self) -> Meter:
        """See `irrvit.benchmark.device.Metered`."""
        raise RuntimeUnavailable("its cable feeds an iPhone, and it tells nobody what it draws")

    def open(self, path: str, config: RunConfig) -> Process:
        """An iPhone that was pulled off, and an app that was closed, are waited for."""
        self._phone.wait_until_back(_RETURN_S, self._notify)
        link = self._phone.link(config.timeout_s)
        try:
            if self._is_to_be_cleaned:
                link.ask("clean")
                self._is_to_be_cleaned = False
            sent = push.push(link, self._package(path), self._notify)
            return AppProcess(link, sent, config)
        except BaseException:
            link.close()
            raise

    def _package(self, path: str) -> Path:
        if not path.startswith(LINEAR):
            return Path(path)
        package = Path(self._folder.name) / f"{path.replace(':', '-')}.mlpackage"
        if not package.exists():
            try:
                coreml.write_linear(int(path.removeprefix(LINEAR)), package)
            except ModuleNotFoundError as error:
                raise RuntimeUnavailable(
                    f"the package {error.name} is not installed, and writing the layer that tells "
                    "what the iPhone does at best needs it: pip install "
                    f'"irrvit-mobile[{coreml.EXTRA}]"'
                ) from error
        return package
