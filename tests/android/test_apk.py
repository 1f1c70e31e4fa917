"""What is in the app, by the tools of Android that read apps."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from irrvit.export.demo import NETWORKS

ROOT = Path(__file__).parents[2]
PACKAGE = "org.irrvit.mobile"
PICTURES = "assets/models/pictures"


def said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def entries(apk: Path, pattern: str) -> list[str]:
    with zipfile.ZipFile(apk) as archive:
        return [name for name in archive.namelist() if re.fullmatch(pattern, name)]


def test_android_accepts_the_signature(apk):
    assert "Verified using v2 scheme (APK Signature Scheme v2): true" in said(
        "apksigner", "verify", "-v", "--min-sdk-version", "26", apk
    )


def test_a_changed_byte_breaks_the_signature(apk, tmp_path):
    changed = bytearray(apk.read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.apk").write_bytes(changed)
    done = subprocess.run(["apksigner", "verify", tmp_path / "changed.apk"], capture_output=True)
    assert done.returncode != 0


def test_the_camera_is_all_that_is_asked_for(apk):
    assert re.findall(
        "uses-permission: name='(.*?)'", said("aapt2", "dump", "permissions", apk)
    ) == ["android.permission.CAMERA"]


def test_it_runs_from_android_8_on_both_processors(apk):
    badging = said("aapt2", "dump", "badging", apk)
    assert f"package: name='{PACKAGE}'" in badging
    assert "sdkVersion:'26'" in badging
    assert "native-code: 'arm64-v8a' 'x86_64'" in badging


def test_every_class_that_the_manifest_names_is_in_the_dex(apk):
    tree = said("aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", apk)
    names = re.findall(
        r'E: (?:activity|service|provider|receiver).*?:name\(.*?\)="(.*?)"', tree, re.S
    )
    assert names, tree
    classes = set(re.findall(r"Class descriptor  : 'L(.*?);'", said("dexdump", apk)))
    assert {
        (PACKAGE + name if name[0] == "." else name).replace(".", "/") for name in names
    } <= classes


def test_no_code_waits_for_what_android_does_not_have(apk):
    """Java makes lambdas at run time by a class that Android lacks."""
    code = said("dexdump", "-d", apk)
    assert "invoke-virtual" in code
    assert "invoke-custom" not in code


def test_only_the_shell_can_start_the_benchmark_from_outside(apk):
    tree = said("aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", apk)
    (entry,) = (part for part in tree.split("E: activity") if ".BenchmarkActivity" in part)
    assert "android.permission.DUMP" in entry


def test_both_processors_have_the_same_native_libraries(apk):
    arm, intel = (
        {Path(name).name for name in entries(apk, f"lib/{abi}/.*")}
        for abi in ("arm64-v8a", "x86_64")
    )
    assert arm == intel == {"libjnijavacpp.so", "libjnitensorflowlite.so"}


def test_native_libraries_load_where_pages_are_of_16_kb(apk):
    with zipfile.ZipFile(apk) as archive:
        for name in entries(apk, r"lib/.*\.so"):
            assert all(align >= 0x4000 for align in _alignments(archive.read(name))), name


def _alignments(elf: bytes) -> list[int]:
    """Of the segments that are loaded, in a 64-bit little-endian file."""
    (table,) = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    headers = [elf[table + i * size : table + (i + 1) * size] for i in range(count)]
    return [
        struct.unpack_from("<Q", h, 48)[0] for h in headers if struct.unpack_from("<I", h)[0] == 1
    ]


def test_models_inside_are_those_of_their_manifests(apk):
    with zipfile.ZipFile(apk) as archive:
        folders = json.loads(archive.read("assets/models/models.json"))["models"]
        models = [json.loads(archive.read(f"assets/models/{f}/manifest.json")) for f in folders]
        assert [model["model"] for model in models] == list(NETWORKS)
        for folder, model in zip(folders, models, strict=True):
            content = archive.read(f"assets/models/{folder}/{model['file']}")
            assert hashlib.sha256(content).hexdigest() == model["sha256"]
            pictures = {f"{PICTURES}/{Path(g['picture']).stem}.png" for g in model["golden"]}
            assert pictures <= set(archive.namelist())


def test_it_weighs_less_than_60_mb(apk):
    assert apk.stat().st_size < 60e6


@pytest.mark.slow
def test_two_builds_are_equal_before_signing(apk, tmp_path):
    built = ROOT / "android_app/build"
    copy = tmp_path / "android_app"
    shutil.copytree(ROOT / "android_app", copy, ignore=shutil.ignore_patterns("build"))
    (copy / "build").mkdir()
    for folder in ("jars", "assets"):
        (copy / "build" / folder).symlink_to(built / folder)
    subprocess.run([sys.executable, copy / "build.py", "apk"], check=True, capture_output=True)
    assert (copy / "build/unsigned.apk").read_bytes() == (built / "unsigned.apk").read_bytes()
