"""One phone is one phone, and what only plays one is known as such."""

import pytest

from irrvit.benchmark.android import identity
from irrvit.benchmark.android.identity import Identity

PIXEL = {
    "ro.product.manufacturer": "Google",
    "ro.product.model": "Pixel 8",
    "ro.product.brand": "google",
    "ro.product.device": "shiba",
    "ro.hardware": "shiba",
    "ro.board.platform": "zuma",
    "ro.soc.manufacturer": "Google",
    "ro.soc.model": "Tensor G3",
    "ro.build.version.release": "16",
    "ro.product.cpu.abi": "arm64-v8a",
    "ro.build.characteristics": "nosdcard",
    "ro.boot.qemu": "",
    "ro.serialno": "39111FDJH00PLY",
}
GALAXY = {
    "ro.product.manufacturer": "samsung",
    "ro.product.model": "SM-S938B",
    "ro.hardware": "qcom",
    "ro.product.board": "sun",
    "ro.config.knox": "v30",
    "ro.product.name": "pa3qxxx",
}
XIAOMI = {"ro.product.manufacturer": "Xiaomi", "ro.product.name": "fuxi", "ro.hardware": "qcom"}


def test_a_phone_is_called_as_it_calls_itself():
    assert identity.read(PIXEL) == Identity(
        "Pixel 8", "Google", "Google Tensor G3", "16", "arm64-v8a", False
    )


@pytest.mark.parametrize("properties", [{}, dict.fromkeys(PIXEL, "")])
def test_what_is_not_said_is_a_question_mark(properties):
    who = identity.read(properties)
    assert (who.model, who.manufacturer, who.soc, who.android, who.abi) == ("?",) * 5
    assert who.name == "?"
    assert not who.emulated


def test_a_name_is_one_line():
    assert identity.read({"ro.product.model": "a\x1b[2J\nb"}).model == "a [2J b"


@pytest.mark.parametrize("properties", [PIXEL, GALAXY, XIAOMI])
def test_a_phone_is_no_emulator(properties):
    assert not identity.is_emulated(properties)


@pytest.mark.parametrize(
    "properties",
    [
        {"ro.kernel.qemu": "1"},
        {"ro.boot.qemu": "1"},
        {"ro.hardware": "ranchu"},
        {"ro.hardware": "goldfish"},
        {"ro.build.characteristics": "emulator"},
        {"ro.build.characteristics": "nosdcard,emulator"},
        {"ro.hardware": "vbox86"},
        {"ro.product.manufacturer": "Genymotion", "ro.product.model": "Samsung Galaxy S10"},
        {"ro.product.manufacturer": "Genymobile"},
        {"ro.genymotion.version": "3.2"},
        {"ro.product.device": "kukui_cheets", "ro.product.manufacturer": "Google"},
        {"ro.hardware": "bertha"},
        {"ro.hardware": "cutf_cvm"},
        {"ro.product.model": "Subsystem for Android(TM)"},
        {"ro.hardware": "windows_x86_64"},
        {"ro.hardware": "nox"},
        {"ro.product.brand": "waydroid"},
        {"ro.product.device": "redroid_arm64"},
        {"ro.product.model": "sdk_gphone64_arm64"},
        {"ro.product.model": "Android SDK built for x86"},
        {"ro.hardware.virtual_device": "1"},
        {"bst.version": "5.0"},
    ],
)
def test_what_plays_a_phone_is_known_as_such(properties):
    assert identity.is_emulated({**PIXEL, **properties})


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "unknown", "UNKNOWN", "null", "none", "N/A", "0", "0000000000", "????????????"),
        *("0123456789ABCDEF", "0123456789abcdef", "1234567890", "123456789ABCDEF", "12345678"),
        *("abcdef", "EMULATOR34X1X19X0", "1234", "a\x00b\x00c\x00"),
        *("1234567890ABCDEF", "FEDCBA9876543210", "20080411", "00:00:00:00:00:00", "invalid"),
        *(
            "To be filled by O.E.M.",
            "System Serial Number",
            "not available",
            "0\u0661\u0662\u0663\u0664",
        ),
    ],
)
def test_what_many_phones_have_for_a_serial_is_none(said):
    assert not identity.is_serial(said)
    assert identity.hardware_serial({"ro.serialno": said, "ro.boot.serialno": said}) is None


@pytest.mark.parametrize("said", ["39111FDJH00PLY", "R5CX10ABCDE", "a1b2c3d4", "8B5Y1", "ZY22H"])
def test_a_serial_of_a_maker_is_one(said):
    assert identity.is_serial(said)


def test_the_serial_of_the_boot_loader_counts_where_the_other_is_hidden():
    hidden = {"ro.serialno": "unknown", "ro.boot.serialno": "39111FDJH00PLY"}
    assert identity.hardware_serial(hidden) == "39111FDJH00PLY"


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("a3f19c0d5b7e2468\n", True),
        ("3f19c0d5b7e2468", True),
        ("null", False),
        ("", False),
        ("9774d56d682e549c", False),  # The one that everybody had.
        ("Permission denied", False),
    ],
)
def test_the_number_that_is_drawn_at_the_first_start(said, known):
    assert identity.is_android_id(said) is known


def test_a_hash_says_nothing_and_is_what_it_was():
    """Stores have it of phones by cable, whose name for adb is their serial."""
    assert identity.to_hash("39111FDJH00PLY") == "5ed577e3529bc4a5"
