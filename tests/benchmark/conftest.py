"""A valid measurement to spoil, and latencies as machines produce them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from irrvit.benchmark.arm64 import setup as arm64_setup
from irrvit.benchmark.arm64 import tree as arm64_tree
from irrvit.benchmark.measurement import (
    DeviceInfo,
    DeviceState,
    GoldenAgreement,
    Measurement,
    Placement,
    Repeat,
    RunConfig,
)
from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.records import Profile, ProfileRow

RECORDED = Path(__file__).parent / "recorded"

STATE = DeviceState(load=0.0, at_utc="2026-01-01T00:00:00+00:00")


def _alike_neighbours(generator, calls, *, rho=0.8, spread=0.02):
    """An autocorrelated series around 1: the machine's mood, as AR(1), and single slow calls."""
    noise = np.empty(calls)
    noise[0] = generator.normal(0, spread)
    for i in range(1, calls):
        noise[i] = rho * noise[i - 1] + generator.normal(0, spread * np.sqrt(1 - rho**2))
    spikes = np.where(generator.random(calls) < 0.02, generator.uniform(0.2, 1.0, calls), 0)
    return 1 + noise + spikes


def _in_turn(generator, *, slower=0.0, repeats=5, blocks=10, calls=10, ms=7.0):
    """Two artifacts in turn, the second's latencies `slower` by a share: [repeat][block][call].

    Each process has luck of its own with its memory (0.3 %), and the machine's slow changes hit
    both in the same round alike.
    """
    pair = ([], [])
    for _ in range(repeats):
        weather = np.repeat(_alike_neighbours(generator, blocks, rho=0.9, spread=0.05), calls)
        for side, factor in zip(pair, (1.0, 1.0 + slower), strict=True):
            luck = generator.normal(1, 0.003)
            noise = _alike_neighbours(generator, blocks * calls)
            side.append((ms * factor * luck * weather * noise).reshape(blocks, calls).tolist())
    return pair


@pytest.fixture
def alike_neighbours():
    return _alike_neighbours


@pytest.fixture
def in_turn():
    return _in_turn


@pytest.fixture
def device():
    return DeviceInfo(
        kind="host",
        name="a machine",
        soc="a processor",
        os="Linux",
        ram_bytes=8 << 30,
        abi="x86_64",
        cores=2,
        emulated=False,
        id_hash="0123456789abcdef",
    )


def _repeat(blocks):
    return Repeat(
        load_ms=20.0,
        first_ms=12.0,
        warmup=30,
        blocks_ms=tuple(map(tuple, blocks)),
        own_cpu_ms=float(np.sum([sum(block) for block in blocks])),
    )


@pytest.fixture
def measurement(device):
    """One that nothing can be said against."""
    first, _ = _in_turn(np.random.default_rng(0), repeats=5)
    quiet = [(7 + 0.01 * np.asarray(blocks)).tolist() for blocks in first]
    return Measurement(
        run_id="run",
        artifact_sha256="ab" * 32,
        target="tflite",
        variant="irrvit_tiny",
        precision="fp32",
        size_bytes=1_000_000,
        macs=300_000_000,
        device=device,
        config=RunConfig(runtime="litert"),
        runtime_version="litert 2.3.0",
        placement=Placement(accelerator="cpu", nodes_total=9, nodes_delegated=9, partitions=1),
        golden=GoldenAgreement(cases=6),
        before=STATE,
        after=STATE,
        background_cores=0.02,
        repeats=tuple(_repeat(blocks) for blocks in quiet),
        peak_memory_bytes=100_000_000,
        idle_memory_bytes=60_000_000,
        peak_gmacs=60.0,
        started_utc="2026-01-01T00:00:00+00:00",
    )


class RecordedProfile(NamedTuple):
    """What the profiler of a runtime noted of three calls, and the operations of the file."""

    operations: list[FileOperation]
    events: list[dict[str, Any]]


@pytest.fixture(scope="session")
def recorded_profile():
    """`irrvit_fashion` in LiteRT 2.3.0 ("tflite") or onnxruntime 1.32.0 ("onnx"), x86-64."""

    def load(target: str) -> RecordedProfile:
        recorded = json.loads((RECORDED / f"profile_{target}.json").read_text())
        operations = [
            FileOperation(n["kind"], n["path"], tuple(n["names"])) for n in recorded["nodes"]
        ]
        return RecordedProfile(operations, recorded["events"])

    return load


@pytest.fixture
def profile():
    return Profile(
        artifact_sha256="ab" * 32,
        target="tflite",
        variant="irrvit_<300m>",
        precision="fp32",
        runtime="litert",
        runtime_version="litert 2.3.0",
        threads=1,
        p50_ms=4.0,
        total_ms=5.0,
        rows=(
            ProfileRow(module="stem.0", operations=3, ms=3.0),
            ProfileRow(module="patch_embed.branch0", operations=12, ms=1.5),
            ProfileRow(module="other", operations=0, ms=0.5),
        ),
    )


@pytest.fixture(scope="session")
def artifact_folder(tmp_path_factory):
    """`irrvit_tiny` as ONNX, exported by the command itself, with its manifest."""
    out = tmp_path_factory.mktemp("artifacts")
    code = ["-m", "irrvit.export.cli", "--model", "irrvit_tiny", "--target", "onnx", "--out", out]
    subprocess.run([sys.executable, *map(str, code)], check=True, capture_output=True, timeout=300)
    return out / "onnx-fp32"


@pytest.fixture(scope="session")
def apk(tmp_path_factory):
    """What is installed as the app: to the phone of the tests, any file is one."""
    path = tmp_path_factory.mktemp("apk") / "irrvit.apk"
    path.write_bytes(os.urandom(9 << 20))
    return path


@pytest.fixture(scope="session")
def tools():
    """What builds the ARM64 tree and runs it."""
    if sys.platform != "linux":
        pytest.skip("only on Linux")
    if arm64_tree.qemu() is None or shutil.which("debootstrap", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("qemu-user-static or debootstrap is not installed")


@pytest.fixture(scope="session")
def tree(tools):
    """The user's own tree, built here if it is not there."""
    return arm64_setup.build_tree(lambda stage, share: None)
