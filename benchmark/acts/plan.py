"""What an act is done with: which device, which files on it, and how they are called."""

from __future__ import annotations

from irrvit.benchmark import kinds
from irrvit.benchmark.acts import suite
from irrvit.benchmark.acts.options import (
    DEFAULT_MODEL,
    CallOptions,
    DeviceOptions,
    FileOptions,
    RepeatOptions,
)
from irrvit.benchmark.acts.select import Runtimes, Selection, from_models, from_paths
from irrvit.benchmark.device import Device, LacksRuntimes, accelerators
from irrvit.benchmark.errors import BadOptions, RuntimeUnavailable
from irrvit.benchmark.measurement import RunConfig
from irrvit.model.progress import Notify


def find_device(options: DeviceOptions, notify: Notify) -> Device:
    """The device that was named.

    Raises:
        DeviceNotFound: there is none of this name.
        BadOptions: it has no such accelerator, or does not take these options.
    """
    device = kinds.find(options.device, options.own, notify)
    if options.accelerator not in accelerators(device):
        raise BadOptions(
            f"--accelerator got '{options.accelerator}': --device {options.device} expects "
            f"{' or '.join(accelerators(device))}"
        )
    return device


def check_files(options: FileOptions) -> None:
    """What can be said of them before there is a device: for some a person has to do something.

    Raises:
        BadOptions: they were named in more ways than one, or nothing has such a name.
    """
    _require_one_way(options)
    if options.suite is not None:
        suite.get(options.suite)
    if options.artifacts and not any(path.exists() for path in options.artifacts):
        names = ", ".join(map(str, options.artifacts))
        verb = "does" if len(options.artifacts) == 1 else "do"
        raise BadOptions(f"{names} {verb} not exist; irrvit-export writes artifacts")


def _require_one_way(options: FileOptions) -> None:
    named = [bool(options.artifacts), bool(options.models), options.suite is not None]
    if sum(named) > 1:
        raise BadOptions("give files, --model or --suite: one of the three")


def select_files(options: FileOptions, device: Device, notify: Notify) -> Selection:
    """The files that were asked for, exported first where they have to be.

    Raises:
        BadOptions: they were named in more ways than one, or the device has no such runtime.
    """
    _require_one_way(options)
    selection = select_for(options, device.RUNTIMES, notify)
    if isinstance(device, LacksRuntimes):
        return _without_lacking(selection, device)
    return selection


def _without_lacking(selection: Selection, device: LacksRuntimes) -> Selection:
    """What is not installed is said before anybody waits for the device to be quiet."""
    there = Selection([], dict(selection.problems))
    for subject in selection.subjects:
        try:
            device.require(subject.runtime)
            there.subjects.append(subject)
        except RuntimeUnavailable as error:
            there.problems[subject.label] = str(error)
    return there


def select_for(options: FileOptions, runtimes: Runtimes, notify: Notify) -> Selection:
    """The same for a device that has these runtimes, wherever it is."""
    if options.artifacts:
        return from_paths(options.artifacts, runtimes, asked=options.runtimes)
    models = suite.get(options.suite).models if options.suite else options.models
    return from_models(models or (DEFAULT_MODEL,), runtimes, asked=options.runtimes, notify=notify)


def to_config(
    selection: Selection,
    calls: CallOptions,
    repeats: RepeatOptions | None = None,
    *,
    accelerator: str = "cpu",
) -> RunConfig:
    """How the files are called; whoever runs one puts its own runtime in."""
    repeats = repeats or RepeatOptions()
    return RunConfig(
        runtime=selection.subjects[0].runtime,
        accelerator=accelerator,
        threads=calls.threads,
        iterations=repeats.iterations,
        repeats=repeats.repeats,
        timeout_s=calls.timeout_s,
    )
