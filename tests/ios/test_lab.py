"""A lab with phones of both kinds: each is measured in its own app, and says where it was."""

from __future__ import annotations

import socket

import pytest

from irrvit.benchmark.results import store

pytestmark = pytest.mark.needs("ray", "coremltools", "adbutils", "ai_edge_litert")


def test_phones_of_both_kinds_are_measured_at_once(start_phone, iphone, lab_head, bench, tmp_path):
    start_phone()
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "irrvit.apk").write_bytes(b"any file is an app to this phone")
    devices = lab_head.start()
    assert {"android", "iphone"} <= {device["kind"] for device in devices}

    words = [
        "--lab",
        lab_head.address,
        "--device",
        "pixel",
        "--device",
        "iphone",
        "--store",
        "kept.jsonl",
    ]
    done = bench("--model", "irrvit_tiny", *words, "--iterations", "5", "--repeats", "1")
    assert done.returncode in (0, 1), done.stderr  # 1: others use this machine.
    kept = store.load(tmp_path / "kept.jsonl").measurements
    assert {(m.device.kind, m.target) for m in kept} == {
        ("android", "tflite"),
        ("android", "onnx"),
        ("iphone", "coreml"),
    }
    assert {m.host for m in kept} == {socket.gethostname()}
