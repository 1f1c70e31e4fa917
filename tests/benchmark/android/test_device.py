"""Finding a phone and measuring on it, by the real adb: `tests/phone` plays the phone."""

from __future__ import annotations

import json

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.device import READY, SeenDevice
from irrvit.benchmark.devices import android
from irrvit.benchmark.errors import BadOptions, DeviceNotFound
from irrvit.benchmark.results import store

RAILS = "android.hardware.power.stats.IPowerStats/default"
pytestmark = pytest.mark.needs("adbutils")


@pytest.mark.parametrize("name", ["pixel", "PIXEL 8", "google", "android"])
def test_a_phone_is_found_by_its_model_its_maker_and_its_kind(phone, name):
    info = kinds.find(name).describe()
    assert (info.kind, info.name, info.soc) == (
        "android",
        "Google Pixel 8 (played)",
        "Google Tensor G3",
    )
    assert (info.os, info.abi, info.cores, info.emulated) == ("Android 16", "arm64-v8a", 9, False)
    assert info.ram_bytes == 7851568 * 1024
    assert phone.serial not in info.model_dump_json()


def test_a_phone_is_found_by_its_serial(phone):
    assert kinds.find(phone.serial).describe().kind == "android"


def test_a_maker_whose_phones_have_a_name_of_their_own_is_found_by_it(phone):
    own = {"ro.product.manufacturer": "samsung", "ro.product.model": "SM-S938B"}
    phone.set(properties=own)
    assert kinds.find("galaxy").describe().name == "samsung SM-S938B"


def test_a_name_that_fits_no_phone_is_said_with_those_that_are_attached(phone):
    with pytest.raises(
        DeviceNotFound, match=r"called 'nokia'.*attached phones: Google Pixel 8 \(played\)"
    ):
        kinds.find("nokia")


def test_several_phones_that_fit_are_listed_and_refused(phone, start_phone):
    other = start_phone()
    other.set(properties={"ro.serialno": "R5CX10PLAYED"})
    with pytest.raises(BadOptions) as caught:
        kinds.find("pixel")
    assert "'pixel' fits several phones" in str(caught.value)
    assert phone.serial in str(caught.value)
    assert other.serial in str(caught.value)
    assert kinds.find(other.serial).describe().kind == "android"


def test_a_phone_that_is_attached_twice_is_one_phone(phone, start_phone):
    """As by cable and by Wi-Fi: both name the same serial."""
    other = start_phone()
    assert kinds.find("pixel").describe() == kinds.find(other.serial).describe()


SHARED = {"ro.serialno": "0123456789ABCDEF", "ro.boot.serialno": "unknown"}


def test_phones_that_were_given_the_same_serial_are_two(phone, start_phone):
    other = start_phone()
    phone.set(properties=SHARED, says={"settings": "a3f19c0d5b7e2468"})
    other.set(properties=SHARED, says={"settings": "b3f19c0d5b7e2468"})
    hashes = {kinds.find(one.serial).describe().id_hash for one in (phone, other)}
    assert len(hashes) == 2
    with pytest.raises(BadOptions, match="fits several phones"):
        kinds.find("pixel")


def test_a_phone_that_hides_what_it_is_still_says_what_it_can(phone):
    hidden = {"/proc/meminfo": "", "/sys/devices/system/cpu/present": "N/A"}
    phone.set(says=hidden, properties={"ro.product.model": "", "ro.soc.model": "{0}"})
    info = kinds.find("android").describe()
    assert (info.name, info.soc, info.ram_bytes) == ("Google ?", "Google {0}", 0)
    assert info.cores > 0  # Those that /proc/stat has.


def test_what_plays_a_phone_is_emulated(phone):
    phone.set(properties={"ro.product.manufacturer": "Genymotion"})
    assert kinds.find("android").describe().emulated


def test_what_is_attached_is_listed_with_what_it_is(phone):
    assert android.attached() == [
        SeenDevice(
            "android",
            f"Google Pixel 8 (played) ({phone.serial})",
            READY,
            "Google Tensor G3",
            "Android 16",
            "arm64-v8a",
        )
    ]


def test_a_phone_that_cannot_be_used_is_listed_with_what_to_do(phone):
    phone.set(authorized=False)
    phone.plug_in()
    (seen,) = android.attached()
    assert not seen.is_ready
    assert "accept the question on its screen" in seen.state


def test_the_attached_are_shown_with_their_state_by_the_command(phone, bench):
    done = bench("--devices")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    for part in ("Google Pixel 8", "Google Tensor", "Android 16", "arm64-v8a", "ready", "host"):
        assert part in done.stdout


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_file_is_measured_on_the_phone_kept_and_printed(
    phone, bench, apk, artifact_folder, tmp_path
):
    kept = tmp_path / "store.jsonl"
    command = [artifact_folder, "--device", "pixel", "--apk", apk, "--repeats", 2, "--json"]
    done = bench(*command, "--store", kept)
    assert done.returncode in (0, 1), done.stderr  # 1 on a machine that does other things.
    (printed,) = json.loads(done.stdout)["measurements"]
    (measurement,) = store.load(kept).measurements
    assert printed["measurement"] == measurement.model_dump(mode="json")
    assert measurement.device.name == "Google Pixel 8 (played)"
    assert measurement.golden.passed
    assert measurement.golden.cases == 6
    assert all(sum(repeat.latencies_ms) >= 1000 for repeat in measurement.repeats)
    assert measurement.config.start_below_c == 37
    assert (measurement.before.thermal_status, measurement.after.charging) == ("none", True)
    assert "a cable feeds it" in str(measurement.energy)
    assert (measurement.peak_memory_bytes or 0) > (measurement.idle_memory_bytes or 0) > 0
    # What was sent stays there, and is not sent again.
    sent = {name: path.stat().st_mtime_ns for name, path in phone.files.items()}
    assert f"{measurement.artifact_sha256}.onnx" in sent
    again = bench(*command[:-1], "--iterations", 1, "--store", kept)
    assert again.returncode in (0, 1), again.stderr
    assert {name: path.stat().st_mtime_ns for name, path in phone.files.items()} == sent


def test_clean_removes_what_was_sent(phone, apk, tmp_path):
    left = phone.folder / "root/data/local/tmp/irrvit-bench/old.tflite"
    left.parent.mkdir()
    left.write_bytes(b"left by an earlier run")
    found = kinds.find("android", {"apk": apk, "clean": True})
    found._make_ready()  # pyright: ignore[reportAttributeAccessIssue]
    assert "old.tflite" not in phone.files


@pytest.fixture
def refused(bench):
    def refused(*arguments, **environ):
        """The one sentence of a command that exits with 2."""
        done = bench("--device", *arguments, **environ)
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("irrvit-bench: ")]
        return line

    return refused


def test_without_adb_it_is_said_where_to_get_it(refused):
    nowhere = {"ADBUTILS_ADB_PATH": "/nowhere/adb", "ANDROID_ADB_SERVER_PORT": "9"}
    said = refused("pixel", **nowhere)
    assert "adb is not installed" in said
    assert "apt-get install adb" in said


def test_without_a_phone_it_is_said_how_to_connect_one(own_server, refused):
    said = refused("pixel")
    assert "no phone is attached: connect one by USB" in said
    assert "irrvit-bench devices" in said


def test_a_phone_that_does_not_trust_this_computer_says_what_to_tap(phone, refused):
    phone.set(authorized=False)
    phone.plug_in()
    assert "accept the question on its screen" in refused("pixel")


def test_a_phone_that_does_not_answer_is_to_be_connected_again(phone, own_server, refused):
    phone.set(unplug_after=0)
    own_server("-s", phone.serial, "shell", "true")
    assert f"(offline): connect it again (adb disconnect {phone.serial}" in refused("android")
