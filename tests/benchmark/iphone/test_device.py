"""Finding an iPhone, and the sentence of everything that keeps one from being used."""

from __future__ import annotations

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.device import (
    READY,
    Metered,
    SeenDevice,
    accelerators,
    repeats_share_process,
    start_below_c,
)
from irrvit.benchmark.devices import iphone
from irrvit.benchmark.errors import BadOptions, CommandFailed, DeviceNotFound, RuntimeUnavailable
from irrvit.benchmark.iphone import phone as iphone_phone

SERIAL = "00008130-000A1B2C3D4E5F60"
STATE = {"thermal_status": "fair", "is_low_power": True, "battery_percent": 80.0, "at_utc": "then"}


@pytest.fixture
def ready(start_iphones, listen, hello):
    """iPhones whose app answers; returned is what changes their condition."""
    return start_iphones("--app-port", listen({"hello": hello, "state": STATE}))


@pytest.mark.parametrize("name", ["iphone", "iPhone 15", "phone 15", SERIAL, SERIAL.lower()])
def test_an_iphone_is_found_by_its_kind_its_name_and_its_serial(ready, name):
    info = kinds.find(name).describe()
    assert (info.kind, info.name, info.soc) == ("iphone", "iPhone 15", "A16")
    assert SERIAL not in info.model_dump_json()


def test_it_offers_its_units_and_its_repeats_share_a_process(ready):
    found = kinds.find("iphone")
    assert accelerators(found) == ("cpu", "gpu", "npu", "all")
    assert repeats_share_process(found)
    assert start_below_c(found) is None  # It tells no temperature.
    assert found.RUNTIMES == {"coreml": ("coreml",)}


def test_its_state_has_its_heat_and_its_low_power_mode(ready):
    state = kinds.find("iphone").state()
    assert (state.thermal_status, state.is_low_power, state.battery_percent) == ("fair", True, 80.0)
    assert state.at_utc != "then"  # By this machine's clock, as everything of a run.


def test_energy_is_not_available_and_it_is_said_why(ready):
    found = kinds.find("iphone")
    assert isinstance(found, Metered)
    with pytest.raises(RuntimeUnavailable, match="its cable feeds an iPhone"):
        found.meter()


def test_those_at_the_cable_are_listed_with_what_they_are(ready):
    name = f"iPhone 15 ({SERIAL})"
    assert iphone.attached() == [SeenDevice("iphone", name, READY, "A16", "iOS 18.5", "arm64")]


def test_one_that_cannot_be_used_is_listed_with_what_to_do(start_iphones, bench):
    start_iphones().set(trusted=False)
    done = bench("devices")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "accept 'Trust This Computer?'" in " ".join(done.stdout.split())


def test_several_that_fit_are_listed_and_refused(start_iphones, listen, hello):
    played = start_iphones("--phones", 2, "--app-port", listen({"hello": hello}))
    with pytest.raises(BadOptions, match="'iphone 15' fits several iPhones") as caught:
        kinds.find("iphone 15")
    assert all(serial in str(caught.value) for serial in played.serials)
    assert "give a serial with --device" in str(caught.value)
    assert kinds.find(played.serials[1]).describe().name == "iPhone 15"


def test_a_name_that_fits_none_is_said_with_those_that_are_there(ready):
    with pytest.raises(DeviceNotFound, match=r"called 'iphone 4'.*iPhones: iPhone 15 \(0000"):
        kinds.find("iphone 4")


# What keeps one from being used: a sentence each, exit code 2, nothing on stdout.


@pytest.fixture
def refused(bench):
    def refused(*arguments, **environ):
        done = bench("--device", *arguments, **environ)
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("irrvit-bench: ")]
        return line

    return refused


def test_without_the_daemon_it_is_said_how_to_get_it(refused, tmp_path):
    said = refused("iphone", USBMUXD_SOCKET_ADDRESS=f"UNIX:{tmp_path / 'nobody'}")
    assert "nobody answers at" in said
    assert "apt-get install usbmuxd" in said or "restart this Mac" in said
    assert "USBMUXD_SOCKET_ADDRESS names another place" in said


def test_without_an_iphone_it_is_said_how_to_connect_one(start_iphones, refused):
    start_iphones("--phones", 0)
    assert "no iPhone is attached: connect one by USB" in refused("iphone")


def test_one_that_is_only_near_is_to_be_connected(start_iphones, refused):
    start_iphones().set(by_wifi=True)
    assert "no iPhone is attached: connect one by USB" in refused("iphone")


def test_one_that_does_not_trust_this_computer_says_what_to_tap(start_iphones, refused):
    start_iphones().set(trusted=False)
    said = refused("iphone")
    assert f"iPhone {SERIAL} does not trust this computer: unlock it and accept" in said


def test_where_nobody_listens_the_app_is_to_be_opened(start_iphones, refused):
    start_iphones()
    said = refused("iphone")
    assert f"nobody answers on iPhone {SERIAL}: unlock it, open the app on it" in said
    assert "if the app does not open, trust its developer" in said
    assert "Developer Mode" in said
    assert "nobody answers on iPhone" in refused("iphone 15")


def test_an_app_in_the_background_is_to_be_brought_to_the_front(start_iphones, listen, monkeypatch):
    monkeypatch.setattr(iphone_phone, "_ANSWER_S", 0.3)
    start_iphones("--app-port", listen({"hello": None}))
    with pytest.raises(DeviceNotFound, match=r"does not answer within 0\.3 s: .*to the front"):
        kinds.find("iphone")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "answered with what is no answer: SSH-2.0"),
        ({"protocol": 2}, "speaks protocol 2, expected 1: install the app of this version"),
        ({}, "speaks protocol None, expected 1"),
        ({"error": "16 connections are open already"}, "16 connections are open already"),
    ],
)
def test_who_answers_otherwise_is_not_taken_for_the_app(
    start_iphones, listen, refused, answer, sentence
):
    start_iphones("--app-port", listen({"hello": answer}))
    assert sentence in refused("iphone")


def test_an_app_that_says_too_little_of_its_phone_is_another_versions(start_iphones, listen, hello):
    del hello["soc"]
    start_iphones("--app-port", listen({"hello": hello, "state": {"heat": 7}}))
    found = kinds.find("iphone")
    with pytest.raises(CommandFailed, match=r"is not this version's app \(soc\): install it"):
        found.describe()
    with pytest.raises(CommandFailed, match=r"is not this version's app \(heat\): install it"):
        found.state()


def test_a_daemon_that_speaks_nonsense_is_said(start_iphones, refused):
    start_iphones().set(speaks="I am no daemon, and say so at length")
    assert "usbmuxd answers with what is no property list" in refused("iphone")


def test_a_daemon_that_answers_otherwise_is_said(start_iphones, refused):
    start_iphones().set(refuses=6)
    assert f"iPhone {SERIAL} cannot be reached: usbmuxd answers with 6" in refused("iphone")


def test_the_options_of_other_kinds_are_refused(refused):
    assert "--device iphone does not take --apk (android)" in refused("iphone", "--apk", "x")


def test_clean_is_an_option_of_both_kinds_of_phones():
    assert kinds.own_options()["clean"] == ["android", "iphone"]
    assert kinds.own_options()["bundle_id"] == ["iphone"]
