"""`make phone`: its script, the real adb, and a phone that runs the app's own self-check."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANIFEST = "assets/models/efficientnet_lite0-tflite-fp32/manifest.json"


@pytest.fixture
def screen(worker_jar) -> str:
    """Plays the main screen: the app's own code on the models of the APK that was installed."""
    return f"{shutil.which('java')} -cp {worker_jar} irrvit.runtime.ApkCheckMainKt"


@pytest.fixture
def make_phone(tmp_path, apk, own_server):
    """The script in a checkout that has this app, or another."""
    script = tmp_path / "scripts/android_phone.sh"
    script.parent.mkdir()
    shutil.copy(ROOT / "scripts/android_phone.sh", script)
    (tmp_path / "artifacts").mkdir()

    def make_phone(app: Path = apk, **environ: str) -> subprocess.CompletedProcess[str]:
        installed = tmp_path / "artifacts/irrvit.apk"
        installed.unlink(missing_ok=True)
        installed.symlink_to(app)
        return subprocess.run(
            ["bash", script],
            env=os.environ | {"PATIENCE_S": "30"} | environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return make_phone


def changed(apk: Path, path: Path, name: str, change) -> Path:
    """The app with one file that is another."""
    with zipfile.ZipFile(apk) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry.filename == name else content)
    return path


def test_the_app_is_installed_and_its_verdict_printed(make_phone, start_phone, screen, apk):
    phone = start_phone("--screen", screen)
    done = make_phone()
    assert done.returncode == 0, done.stderr
    assert "I irrvit  : efficientnet_lite0 fp32 (tflite): self-check passed: 6 of 6" in done.stdout
    installed = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    assert installed.read_bytes() == apk.read_bytes()


def test_a_phone_that_computes_otherwise_than_pytorch_fails(
    make_phone, start_phone, screen, apk, tmp_path
):
    def swap_classes(content: bytes) -> bytes:
        manifest = json.loads(content)
        manifest["golden"][0]["top5"].reverse()
        return json.dumps(manifest).encode()

    start_phone("--screen", screen)
    done = make_phone(changed(apk, tmp_path / "wrong.apk", MANIFEST, swap_classes))
    assert done.returncode == 1, done.stderr
    assert "SELF-CHECK FAILED, this device computes wrongly" in done.stdout


def test_a_model_that_cannot_be_checked_is_said_in_the_app_s_words(
    make_phone, start_phone, screen, apk, tmp_path
):
    name = MANIFEST.replace("manifest.json", "efficientnet_lite0.tflite")
    damaged = changed(apk, tmp_path / "damaged.apk", name, lambda content: content[:-1])
    start_phone("--screen", screen)
    done = make_phone(damaged, PATIENCE_S="4")
    assert (done.returncode, done.stdout) == (2, "")
    assert "efficientnet_lite0.tflite is damaged" in done.stderr


def test_without_a_phone_it_says_how_to_connect_one(make_phone):
    done = make_phone()
    assert (done.returncode, done.stdout) == (2, "")
    assert "no phone is ready" in done.stderr
    assert "switch on USB debugging" in done.stderr


def test_an_app_that_says_nothing_is_not_waited_for_forever(make_phone, start_phone):
    start_phone()
    done = make_phone(PATIENCE_S="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did not say within 1 s" in done.stderr


def test_an_app_of_another_signature_is_said_with_how_to_remove_it(make_phone, start_phone):
    phone = start_phone()
    there = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another app")
    phone.set(other_signature=True)
    done = make_phone()
    assert done.returncode == 2
    assert "INSTALL_FAILED_UPDATE_INCOMPATIBLE" in done.stderr
    assert "adb uninstall org.irrvit.mobile" in done.stderr


def test_one_of_several_phones_is_picked_by_its_serial(make_phone, start_phone, screen):
    phones = start_phone("--screen", screen), start_phone()
    done = make_phone()
    assert done.returncode == 2
    assert "with several phones, set ADB_SERIAL" in done.stderr
    done = make_phone(ADB_SERIAL=phones[0].serial)
    assert done.returncode == 0, done.stderr
