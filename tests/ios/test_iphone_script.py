"""`make iphone` by Apple's tools, which are played: only the script itself is tried here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PASSED = "irrvit: irrvit_fashion fp16: self-check passed: 6 of 6 pictures as PyTorch"
_FAILED = "irrvit: irrvit_fashion fp16: SELF-CHECK FAILED, this device computes wrongly: x"
_XCRUN = """#!{python}
import pathlib, sys
words = sys.argv[1:]
if words[:1] == ["--find"]:
    sys.exit({no_xcode})
if "list" in words:
    pathlib.Path(words[-1]).write_text({devices!r})
elif "install" in words:
    sys.exit({refused})
elif "launch" in words:
    print({said!r}, flush=True)
"""


_PHONE = {
    "identifier": "00008120-1",
    "hardwareProperties": {"platform": "iOS"},
    "connectionProperties": {"pairingState": "paired", "tunnelState": "connected"},
}
_WATCH = {"identifier": "watch", "hardwareProperties": {"platform": "watchOS"}}


@pytest.fixture
def mac(tmp_path):
    """A checkout on a Mac that is played: `mac(said=..., phones=...)` runs the script there."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(_ROOT / "scripts/iphone.sh", tmp_path / "scripts")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)

    def put(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    def run(said=_PASSED, phones=1, no_xcode=0, refused=0, system="Darwin", built=0, team="T"):
        put("scripts/ios_models.sh", "#!/bin/sh\n")
        put("bin/uname", f"#!/bin/sh\necho {system}\n")
        put("bin/xcodebuild", f"#!/bin/sh\nexit {built}\n")
        put(
            "bin/xcrun",
            _XCRUN.format(
                python=sys.executable,
                no_xcode=no_xcode,
                devices=json.dumps({"result": {"devices": [_WATCH, *[_PHONE] * phones]}}),
                refused=refused,
                said=said,
            ),
        )
        environment = os.environ | {
            "PATH": f"{bin_folder}:{os.environ['PATH']}", "TEAM": team, "PATIENCE_S": "5",
        }  # fmt: skip
        return subprocess.run(
            [tmp_path / "scripts/iphone.sh"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_verdict_of_the_self_check_is_printed(mac):
    done = mac()
    assert (done.returncode, done.stdout.strip()) == (0, _PASSED)


def test_a_phone_that_computes_wrongly_fails(mac):
    done = mac(said=_FAILED)
    assert (done.returncode, done.stdout.strip()) == (1, _FAILED)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"system": "Linux"}, "only a Mac can build and sign the app"),
        ({"no_xcode": 1}, "needs Xcode 16 or later"),
        ({"team": ""}, "say whose signature it bears: make iphone TEAM="),
        ({"phones": 0}, "no iPhone is ready: plug one in"),
        ({"built": 65}, "Xcode could not build or sign it"),
        ({"refused": 1}, "the app was not installed: unlock the phone"),
        ({"said": "nothing"}, "the app did not say that it computes rightly"),
    ],
)
def test_what_is_missing_is_said(mac, what, said):
    done = mac(**what)
    assert done.returncode == 2
    assert said in done.stderr
