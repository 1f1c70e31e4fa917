"""Kinds of device are files, and an unknown one is answered with those there are."""

import inspect

import pytest

from irrvit.benchmark import device
from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState


def test_a_kind_that_is_not_installed_is_said_with_those_that_are():
    with pytest.raises(DeviceNotFound, match=r"no device kind 'pixel' is installed yet.*host"):
        device.find("pixel")


@pytest.mark.parametrize("kind", device.kinds())
def test_every_kind_has_the_names_of_a_device(kind):
    found = device.find(kind)
    wanted = {name for name in vars(Device) if not name.startswith("_")} | {"RUNTIMES"}
    assert wanted <= set(dir(found))
    for name in wanted - {"RUNTIMES"}:
        expected = list(inspect.signature(getattr(Device, name)).parameters)[1:]
        assert list(inspect.signature(getattr(found, name)).parameters) == expected


def test_this_machine_describes_itself_alike_each_time_and_hides_who_it_is():
    host = device.find("host")
    info = host.describe()
    assert info == host.describe()
    assert isinstance(info, DeviceInfo)
    assert not info.emulated
    assert isinstance(host.state(), DeviceState)
