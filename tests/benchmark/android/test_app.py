"""What keeps the app from being installed or started, each with its sentence."""

from __future__ import annotations

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import RunConfig

pytestmark = pytest.mark.needs("adbutils")
CONFIG = RunConfig(runtime="onnxruntime")


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"other_signature": True}, "an app of another signature has its name: remove it"),
        ({"no_abi": True}, "its processor is none the app is built for"),
        ({"locked": True}, "is locked, and apps are slow in the background: unlock it"),
        ({"storage_bytes": 80 << 20}, "is full: .* make room on it, or .* --clean"),
        (
            {"says": {"pm": "Failure [INSTALL_FAILED_VERIFICATION {0} {serial}: not {} Success]"}},
            r"the app: Failure \[INSTALL_FAILED_VERIFICATION \{0\} \{serial\}: not",
        ),
        ({"says": {"pm": ""}}, "does not install the app: it does not say why"),
        (
            {
                "says": {
                    "am": "Starting: Intent {}\njava.lang.SecurityException: Permission Denial {1}"
                }
            },
            r"does not start .*: java.lang.SecurityException: Permission Denial \{1\}; open",
        ),
    ],
)
def test_what_the_phone_refuses_is_said_with_what_to_do(phone, apk, condition, sentence):
    there = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another version")
    phone.set(**condition)
    found = kinds.find("android", {"apk": apk})
    with pytest.raises(CommandFailed, match=sentence):
        found.open("linear:8", CONFIG)


def test_an_app_that_is_nowhere_is_to_be_built(phone, tmp_path):
    found = kinds.find("android", {"apk": tmp_path / "none.apk"})
    with pytest.raises(CommandFailed, match=r"is not there, .* build it with 'make apk'"):
        found.open("linear:8", CONFIG)


def test_an_app_of_another_version_is_said_where_there_is_none_to_install(phone, tmp_path):
    there = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another version")
    phone.set(app_version="0.0.9")
    found = kinds.find("android", {"apk": tmp_path / "none.apk"})
    with pytest.raises(CommandFailed, match=r"is version 0\.0\.9, and [\d.]+ is needed"):
        found.open("linear:8", CONFIG)
