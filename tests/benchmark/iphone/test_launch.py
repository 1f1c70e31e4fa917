"""Starting the app by Xcode's command, which is played: no Mac is here."""

from __future__ import annotations

import json
import sys

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.errors import BadOptions, DeviceLost, DeviceNotFound
from irrvit.benchmark.iphone import launch

_XCRUN = """#!{python}
import json, pathlib, sys, time
pathlib.Path({log!r}).write_text(json.dumps(sys.argv[1:]))
time.sleep({takes_s})
print({said!r}, file=sys.stderr)
sys.exit({code})
"""
SERIAL = "00008130-000A1B2C3D4E5F60"
ID = "com.example.irrvit"


@pytest.fixture
def mac(tmp_path, monkeypatch):
    """`mac(code=1)` puts an xcrun on the PATH; returned is what it was called with."""
    monkeypatch.setattr(launch.sys, "platform", "darwin")
    monkeypatch.setattr(launch, "_START_S", 1.0)

    def mac(code=0, said="", takes_s=0.0):
        log, program = tmp_path / "called.json", tmp_path / "xcrun"
        facts = {"python": sys.executable, "log": str(log), "takes_s": takes_s}
        program.write_text(_XCRUN.format(**facts, said=said, code=code))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return log

    return mac


def test_an_app_that_is_not_open_is_started_on_its_benchmark_page(
    start_iphones, listen, hello, mac, monkeypatch
):
    played, log = start_iphones(), mac()
    port = listen({"hello": hello})
    real = launch.start

    def start(serial, bundle_id):
        real(serial, bundle_id)
        played.set(app_port=port)  # As the app would.

    monkeypatch.setattr(launch, "start", start)
    assert kinds.find("iphone", {"bundle_id": ID}).describe().name == "iPhone 15"
    *words, device, serial, bundle_id, argument = json.loads(log.read_text())
    assert words == ["devicectl", "device", "process", "launch", "--terminate-existing"]
    assert (device, serial, bundle_id, argument) == ("--device", SERIAL, ID, "--benchmark")


def test_an_app_that_answers_is_not_started_again(start_iphones, listen, hello, mac):
    start_iphones("--app-port", listen({"hello": hello}))
    log = mac(code=1)
    kinds.find("iphone", {"bundle_id": ID})
    assert not log.exists()


def test_what_xcode_says_is_said_with_what_to_do(start_iphones, mac):
    start_iphones()
    mac(code=1, said="ERROR: The application could not be found.")
    with pytest.raises(
        DeviceNotFound, match=r"cannot start com\.example\.irrvit .*be found\.; unl"
    ):
        kinds.find("iphone", {"bundle_id": ID})
    mac(code=7)
    with pytest.raises(DeviceNotFound, match="exit code 7"):
        kinds.find("iphone", {"bundle_id": ID})


def test_an_app_that_starts_and_does_not_answer_is_said(start_iphones, mac):
    start_iphones()
    mac()
    with pytest.raises(DeviceLost, match="did not come back within 1 s"):
        kinds.find("iphone", {"bundle_id": ID})


def test_a_launch_that_does_not_end_is_given_up(start_iphones, mac, monkeypatch):
    monkeypatch.setattr(launch, "_LAUNCH_S", 0.3)
    start_iphones()
    mac(takes_s=5)
    with pytest.raises(DeviceNotFound, match=r"did not start .* within 0 s: unlock the iPhone"):
        kinds.find("iphone", {"bundle_id": ID})


@pytest.mark.parametrize(("platform", "has_xcode"), [("linux", True), ("darwin", False)])
def test_only_a_mac_with_xcode_can_start_it(
    start_iphones, mac, monkeypatch, tmp_path, platform, has_xcode
):
    start_iphones()
    mac()
    monkeypatch.setattr(launch.sys, "platform", platform)
    if not has_xcode:
        (tmp_path / "xcrun").unlink()
    with pytest.raises(BadOptions, match="--bundle-id is for a Mac with Xcode"):
        kinds.find("iphone", {"bundle_id": ID})
