"""Finding a phone among those that adb sees, and what `irrvit.benchmark.device` wants of it."""

from __future__ import annotations

from pathlib import Path

from irrvit.benchmark.android import adb, app, attachment, power, push, server, state, tool
from irrvit.benchmark.android.options import Options
from irrvit.benchmark.device import READY, Meter, Process, SeenDevice
from irrvit.benchmark.errors import BadOptions, DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.worker.runtime import read_file
from irrvit.model.progress import Notify

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}
_OF_TOOL = {"tflite": ("litert",)}
_KIND = "android"
_APK = Path("artifacts") / "irrvit.apk"
_RETURN_S = 120.0


def attached() -> list[SeenDevice]:
    """See `irrvit.benchmark.device.Finder`."""
    return [_look(phone) for phone in server.attached()]


def _look(phone: server.Attached) -> SeenDevice:
    if phone.state != server.READY:
        return SeenDevice(_KIND, phone.serial, server.why_unusable(phone))
    identity = state.identify(adb.Phone(phone.serial))
    system = f"Android {identity.android}"
    name = f"{identity.name} ({phone.serial})"
    return SeenDevice(_KIND, name, READY, identity.soc, system, identity.abi)


def find(name: str, options: Options, notify: Notify) -> AndroidDevice:
    """See `irrvit.benchmark.device.Finder`."""
    phones = server.attached()
    if not phones:
        raise DeviceNotFound(
            "no phone is attached: connect one by USB, switch on USB debugging in its developer "
            "options (tap its build number seven times to get them) and accept this computer on "
            "its screen; irrvit-bench devices shows what is there"
        )
    exact = [phone for phone in phones if phone.serial == name]
    fitting = exact or _one_of_each([phone for phone in phones if _fits(phone, name)])
    unusable = [server.why_unusable(phone) for phone in phones if phone.state != server.READY]
    if not fitting:
        there = [_look(phone).name for phone in phones if phone.state == server.READY]
        raise DeviceNotFound(
            "; ".join([f"attached phones: {', '.join(there) or 'none ready'}", *unusable])
        )
    if len(fitting) > 1:
        names = ", ".join(_look(phone).name for phone in fitting)
        raise BadOptions(f"'{name}' fits several phones: {names}; give a serial with --device")
    if fitting[0].state != server.READY:
        raise DeviceNotFound(server.why_unusable(fitting[0]))
    return AndroidDevice(adb.Phone(fitting[0].serial), options, notify)


def _one_of_each(phones: list[server.Attached]) -> list[server.Attached]:
    """By cable rather than by network, where one phone is attached in both ways."""
    by_name: dict[str, server.Attached] = {}
    for phone in sorted(phones, key=lambda phone: not attachment.of(phone.serial).is_cable):
        is_ready = phone.state == server.READY
        own = state.own_name(adb.Phone(phone.serial)) if is_ready else phone.serial
        by_name.setdefault(own, phone)
    return list(by_name.values())


def _fits(phone: server.Attached, name: str) -> bool:
    """Whether it is in the phone's maker and model; every phone fits 'android'.

    One that does not answer cannot be asked for its model, so it fits no name of one.
    """
    if name == _KIND:
        return True
    if phone.state != server.READY:
        return False
    identity = state.identify(adb.Phone(phone.serial))
    words = f"{identity.manufacturer} {identity.model}".lower()
    # Samsung calls its phones SM-S938B, and nobody else does.
    words += " galaxy" if "samsung" in words else ""
    return name.lower() in words


class AndroidDevice:
    """One phone; see `irrvit.benchmark.device.Device`."""

    ACCELERATORS = ("cpu", "gpu")
    START_BELOW_C = 37.0

    def __init__(self, phone: adb.Phone, options: Options, notify: Notify):
        self._phone, self._options, self._notify = phone, options, notify
        self._open: list[app.AppProcess] = []
        self._is_ready, self._tool = False, ""
        self.RUNTIMES = RUNTIMES if options.benchmark_binary is None else _OF_TOOL

    def describe(self) -> DeviceInfo:
        return state.describe(self._phone)

    def state(self) -> DeviceState:
        return state.read(self._phone, load=state.load(self._phone))

    def meter(self) -> Meter:
        """See `irrvit.benchmark.device.Metered`."""
        return power.meter(self._phone)

    def open(self, path: str, config: RunConfig) -> Process:
        """A phone that was pulled off is waited for."""
        self._phone.wait_until_back(_RETURN_S)
        self._make_ready()
        content, suffix = read_file(path, config.runtime)
        if self._tool:
            return tool.ToolProcess(self._phone, self._tool, content, config)
        self._open = [process for process in self._open if not process.is_closed]
        if not self._open:
            app.stop(self._phone)  # Figures of memory are of a new process.
        sent = push.push(self._phone, content, suffix, notify=self._notify)
        process = app.AppProcess(self._phone, sent, config)
        self._open.append(process)
        return process

    def _make_ready(self) -> None:
        """Once: send the tool, or install the app."""
        if self._is_ready:
            return
        binary = self._options.benchmark_binary
        if binary is not None:
            tool.require_abi(binary, self._phone, state.identify(self._phone).abi)
        if self._options.clean:
            push.clean(self._phone)
        if binary is not None:
            self._tool = push.push(self._phone, binary.read_bytes(), ".tool", mode=0o755)
        else:
            app.require(self._phone, self._options.apk or _APK, self._notify)
        self._is_ready = True
