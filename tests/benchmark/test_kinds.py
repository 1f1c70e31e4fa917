"""Kinds of device are files, and an unknown one is answered with those there are."""

import inspect
import subprocess
import sys
from dataclasses import is_dataclass

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.device import (
    Accelerated,
    Device,
    Finder,
    HeatLimited,
    HidesHeat,
    Installable,
    LacksRuntimes,
)
from irrvit.benchmark.errors import BadOptions, DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState

CAPABILITIES = (
    Device,
    Finder,
    Installable,
    Accelerated,
    HeatLimited,
    HidesHeat,
    LacksRuntimes,
)


def test_a_kind_that_is_not_installed_is_said_with_those_that_are(monkeypatch):
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/nowhere")  # No server is started for this.
    with pytest.raises(DeviceNotFound, match=r"called 'hots' \(android, .*did you mean 'host'"):
        kinds.find("hots")


def test_the_options_of_one_kind_are_refused_by_another_with_the_kind_that_takes_them():
    refused = r"--device host does not take --clean \(android, iphone\)"
    with pytest.raises(BadOptions, match=refused):
        kinds.find("host", {"clean": True})


def members(protocol: type) -> set[str]:
    names = {*vars(protocol), *inspect.get_annotations(protocol)}
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("kind", kinds.names())
def test_every_kind_has_the_names_of_a_device_or_finds_one_that_has(kind):
    module = kinds.load(kind)
    protocol = Finder if hasattr(module, "find") else Device
    assert members(protocol) <= set(dir(module))
    for name in members(protocol):
        if inspect.isfunction(expected := vars(protocol).get(name)):
            given = inspect.signature(getattr(module, name)).parameters
            assert list(given) == list(inspect.signature(expected).parameters)[1:]


@pytest.mark.parametrize("kind", kinds.names())
def test_a_kind_has_no_name_that_no_protocol_knows(kind):
    """A misspelled capability would be one that the device does not have."""
    module = kinds.load(kind)
    ours = {
        name
        for name, value in vars(module).items()
        if name.isupper() or (inspect.isfunction(value) and value.__module__ == module.__name__)
    }
    known = set().union(*map(members, CAPABILITIES))
    assert {name for name in ours if not name.startswith("_") and name != "TYPE_CHECKING"} <= known


@pytest.mark.parametrize("kind", kinds.names())
def test_what_only_some_kinds_have_is_of_the_type_that_is_asked_for(kind):
    module = kinds.load(kind)
    if isinstance(module, Accelerated):
        assert isinstance(module.ACCELERATORS, tuple)
        assert module.ACCELERATORS[0] == "cpu"
    if isinstance(module, HeatLimited):
        assert isinstance(module.START_BELOW_C, float)
    if isinstance(module, HidesHeat):
        assert module.HIDES_HEAT is True
    if isinstance(module, Finder):
        assert is_dataclass(module.Options)
        module.Options()  # Every option has a default.


def test_kinds_are_looked_at_without_what_it_takes_to_measure():
    """`--help` shows their options."""
    code = """
import sys
from irrvit.benchmark import kinds
kinds.own_options()
[kinds.load(name) for name in kinds.names()]
sys.exit(str({"numpy", "pydantic", "torch", "adbutils", "playwright"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "hides"), [("remote-browser", True), ("android", False), ("Pixel 8", False)]
)
def test_who_never_says_how_warm_it_is_is_known_before_it_is_there(name, hides):
    assert kinds.hides_heat(name) is hides


def test_this_machine_describes_itself_alike_each_time_and_hides_who_it_is():
    host = kinds.find("host")
    info = host.describe()
    assert info == host.describe()
    assert isinstance(info, DeviceInfo)
    assert not info.emulated
    assert isinstance(host.state(), DeviceState)
