"""What a host offers, and which of all devices a person means."""

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.device import READY, SeenDevice
from irrvit.benchmark.errors import BadOptions, DeviceNotFound
from irrvit.benchmark.lab import offer


@pytest.fixture
def there(offered):
    return {
        "attic": (offered(serial="A1"), offered(serial="A2"), offered("host", "Xeon, 8 cores")),
        "cellar": (
            offered(serial="C1"),
            offered(model="Pixel 9", serial="C2"),
            offered("host", "EPYC, 2 cores"),
        ),
    }


def test_devices_of_a_name_are_one_resource_of_which_there_are_as_many(offered):
    devices = [offered(serial="A1"), offered(serial="A2"), offered("host", "Xeon, 8 cores")]
    assert offer.resources(devices) == {
        "irrvit-lab": 1,
        "irrvit-quiet": 1,
        "irrvit:android:Pixel_8": 2,
        "irrvit:host:Xeon_8_cores": 1,
    }


def test_a_host_that_is_measured_leaves_no_room_for_a_phone_and_phones_leave_room(offered):
    host, phone = offered("host", "Xeon").needs, offered().needs
    assert host[offer.QUIET] == 1
    assert 0 < 100 * phone[offer.QUIET] < 1


@pytest.mark.parametrize("asked", ["pixel 8", "Pixel 8"])
def test_any_device_of_a_model_will_do(there, asked):
    device, host = offer.fitting(asked, there)
    assert (device.model, device.serial, host) == ("Pixel 8", "", None)


@pytest.mark.parametrize(
    ("asked", "serial", "model", "host"),
    [
        ("C1", "C1", "Pixel 8", "cellar"),
        ("A2", "A2", "Pixel 8", "attic"),
        ("attic", "", "Xeon, 8 cores", "attic"),
        ("Cellar", "", "EPYC, 2 cores", "cellar"),
    ],
)
def test_a_serial_and_a_host_mean_one(there, asked, serial, model, host):
    device, where = offer.fitting(asked, there)
    assert (device.serial, device.model, where) == (serial, model, host)


@pytest.mark.parametrize("asked", ["pixel", "android", "host"])
def test_a_name_of_devices_that_differ_is_refused_with_theirs(there, asked):
    with pytest.raises(BadOptions, match=rf"'{asked}' fits several devices of the lab: (EPYC|Pix)"):
        offer.fitting(asked, there)


def test_what_no_device_is_called_is_refused_with_what_there_is(there):
    with pytest.raises(DeviceNotFound, match=r"'nokia': it has EPYC, 2 cores \(host\); Pixel 8 \("):
        offer.fitting("nokia", there)
    with pytest.raises(DeviceNotFound, match="it has none"):
        offer.fitting("nokia", {})


@pytest.fixture
def seen(monkeypatch):
    """What is attached to this machine, to be changed."""
    attached = [SeenDevice("android", f"Pixel 8 ({serial})", READY) for serial in ("A1", "A2")]
    attached.append(SeenDevice("android", "B1", "unlock it"))
    monkeypatch.setattr(kinds, "seen", lambda: list(attached))

    class Found:
        def __init__(self, name):
            self.name, self.RUNTIMES = name, {"onnx": ("onnxruntime",)}

    monkeypatch.setattr(kinds, "find", lambda name, *_: Found(name))
    return attached


def test_a_phone_that_cannot_be_used_is_not_offered(seen):
    devices = offer.offered()
    assert [(device.model, device.serial) for device in devices] == [
        ("Pixel 8", "A1"),
        ("Pixel 8", "A2"),
    ]
    assert all(device.is_apart for device in devices)


def test_two_that_hold_devices_of_a_model_hold_different_ones(seen, offered):
    with offer.held(offered(), print) as first, offer.held(offered(), print) as second:
        assert {first.name, second.name} == {"A1", "A2"}  # pyright: ignore
        refused = pytest.raises(DeviceNotFound, match="Pixel 8: every one is held by another")
        with refused, offer.held(offered(), print):
            pass
    with offer.held(offered(serial="A2"), print) as named:
        assert named.name == "A2"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_phone_that_was_unplugged_is_said(seen, offered):
    seen.clear()
    refused = pytest.raises(DeviceNotFound, match="Pixel 8: it is not there any more")
    with refused, offer.held(offered(), print):
        pass


def test_this_machine_is_offered_with_all_that_runs_files():
    own = next(device for device in offer.offered() if device.kind == "host")
    assert own.runtimes["onnx"] == ("onnxruntime",)
    assert not own.is_apart
