"""Kinds of device are files, and an unknown one is answered with those there are."""

import inspect

import pytest

from irrvit.benchmark import device
from irrvit.benchmark.device import Device, Finder, Options
from irrvit.benchmark.errors import BadOptions, DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState


def test_a_kind_that_is_not_installed_is_said_with_those_that_are(monkeypatch):
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/nowhere")  # No server is started for this.
    with pytest.raises(DeviceNotFound, match=r"called 'hots' \(android, .*did you mean 'host'"):
        device.find("hots")


def test_options_of_phones_are_refused_by_what_is_none():
    with pytest.raises(BadOptions, match="are for phones, and host is none"):
        device.find("host", Options(clean=True))


@pytest.mark.parametrize("kind", device.kinds())
def test_every_kind_has_the_names_of_a_device_or_finds_one_that_has(kind):
    found = device.load(kind)
    if hasattr(found, "find"):
        assert_same_signatures(found, Finder)
        found = found.Phone
    assert_same_signatures(found, Device)
    assert device.load(kind).RUNTIMES


def assert_same_signatures(found, protocol):
    wanted = {name for name in vars(protocol) if not name.startswith("_")}
    assert wanted <= set(dir(found))
    for name in wanted:
        expected = list(inspect.signature(getattr(protocol, name)).parameters)[1:]
        given = list(inspect.signature(getattr(found, name)).parameters)
        assert [parameter for parameter in given if parameter != "self"] == expected


def test_this_machine_describes_itself_alike_each_time_and_hides_who_it_is():
    host = device.find("host")
    info = host.describe()
    assert info == host.describe()
    assert isinstance(info, DeviceInfo)
    assert not info.emulated
    assert isinstance(host.state(), DeviceState)
