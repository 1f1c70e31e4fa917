"""The tree is really built, and the runtimes' ARM64 kernels really run in it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from irrvit.benchmark.acts import setup
from irrvit.benchmark.acts.options import SetupOptions
from irrvit.benchmark.arm64 import setup as arm64_setup
from irrvit.benchmark.arm64 import tree as arm64_tree
from irrvit.benchmark.devices import arm64
from irrvit.benchmark.errors import CommandFailed, DeviceNotFound, SetupFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker import linear

pytestmark = pytest.mark.needs("ai_edge_litert", "onnxruntime", "onnx")
SIZE = 32


def bench(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "COLUMNS": "80", **environment},
    )


@pytest.fixture(scope="session")
def tools():
    """What builds a tree and runs it."""
    if sys.platform != "linux":
        pytest.skip("only on Linux")
    if arm64_tree.qemu() is None or shutil.which("debootstrap", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("qemu-user-static or debootstrap is not installed")


@pytest.fixture(scope="session")
def tree(tools):
    """The user's own tree, built here if it is not there."""
    return arm64_setup.build_tree(lambda stage, share: None)


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """`irrvit_fashion` as TFLite and ONNX."""
    out = tmp_path_factory.mktemp("fashion")
    command = ["-m", "irrvit.export.cli", "--target", "tflite", "--target", "onnx", "--out", out]
    subprocess.run(
        [sys.executable, *map(str, command)], check=True, capture_output=True, timeout=600
    )
    return out / "tflite-fp32", out / "onnx-fp32"


@pytest.fixture
def start(tree):
    processes = []

    def start(runtime, path=f"linear:{SIZE}"):
        processes.append(arm64.open(path, RunConfig(runtime=runtime)))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.mark.slow
def test_the_tree_is_an_arm64_machine_with_the_versions_of_this_one(tree):
    code = (
        f"import sys; sys.path.append({str(tree / arm64_tree.SITE)!r})\n"
        "import importlib.metadata as m, platform, sys\n"
        "print(platform.machine(), '.'.join(map(str, sys.version_info[:2])))\n"
        "print(*[f'{n}=={m.version(n)}' for n in sys.argv[1:]])"
    )
    names = [line.partition("==")[0] for line in arm64_tree.requirements()]
    said = subprocess.check_output([*arm64_tree.python(tree), "-c", code, *names], text=True)
    assert said.split() == ["aarch64", arm64_tree.PYTHON, *arm64_tree.requirements()]


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["litert", "onnxruntime"])
def test_a_linear_layer_is_computed_by_arm64_kernels(start, runtime):
    process = start(runtime)
    process.set_input(np.eye(SIZE, dtype=np.float32))
    weights = linear.weights(SIZE)
    np.testing.assert_allclose(process.logits(), weights.ravel(), rtol=1e-5)
    assert process.peak_memory_bytes() is None


@pytest.mark.slow
def test_a_process_that_dies_in_the_emulator_is_said_with_its_signal(start):
    process = start("litert")
    os.kill(process.pid, signal.SIGSEGV)
    with pytest.raises(CommandFailed, match=r"its process died \(SIGSEGV\)"):
        process.logits()


@pytest.mark.slow
def test_a_file_that_is_none_is_said_in_the_words_of_its_runtime(start, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(CommandFailed, match=r"its runtime says: .*protobuf"):
        start("onnxruntime", str(tmp_path / "broken.onnx"))


@pytest.mark.slow
def test_golden_cases_agree_and_no_latency_is_shown(tree, exported, tmp_path):
    done = bench("--device", "arm64", *exported, "--store", tmp_path / "store", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["measurements"]
    assert [row["measurement"]["target"] for row in rows] == ["tflite", "onnx"]
    for row in rows:
        measured = row["measurement"]
        assert (measured["device"]["abi"], measured["device"]["emulated"]) == ("aarch64", True)
        assert (measured["golden"]["cases"], measured["golden"]["failures"]) == (6, [])
        assert measured["host_parity"]["same_decisions"] == 6
        assert measured["host_parity"]["max_rel"] < 1e-5
        assert measured["repeats"] == []
        assert not {"summary", "gmacs"} & set(row)


@pytest.mark.slow
def test_a_wrong_answer_is_shown_as_wrong(tree, exported, tmp_path):
    wrong = shutil.copytree(exported[1], tmp_path / "wrong")
    manifest = json.loads((wrong / "manifest.json").read_text())
    manifest["golden"][0]["top5"] = manifest["golden"][0]["top5"][::-1]
    (wrong / "manifest.json").write_text(json.dumps(manifest))
    done = bench("--device", "arm64", wrong, "--store", tmp_path / "store")
    assert done.returncode == 1, done.stderr
    assert "5 of 6" in done.stdout
    assert "WRONG" in done.stdout
    assert " ms" not in done.stdout


@pytest.mark.slow
def test_decisions_on_labelled_pictures_are_those_of_this_machine_and_of_pytorch(tree, exported):
    done = bench(
        *("--device", "arm64", "--decisions", "fashion-mnist", "--limit", 40, "--json"), exported[1]
    )
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["decisions"]
    assert row["device"]["abi"] == "aarch64"
    assert row["host_parity"]["max_rel"] < 1e-5
    assert row["host_parity"]["same_decisions"] == row["host_parity"]["pictures"] == 40
    assert row["accuracy"]["same_decisions"] == row["accuracy"]["pictures"] == 40
    assert row["accuracy"]["right"] > 30


@pytest.mark.slow
def test_a_latency_gate_is_refused(tree, tmp_path):
    done = bench("--device", "arm64", "--compare", tmp_path / "baseline.jsonl")
    assert done.returncode == 2
    assert "arm64 is emulated" in done.stderr


def test_it_lives_in_the_users_cache_unless_the_variable_says_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv(arm64_tree.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert arm64_tree.folder() == tmp_path / "irrvit" / "arm64"
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path / "mine"))
    assert arm64_tree.folder() == tmp_path / "mine"


@pytest.mark.parametrize("stamp", [None, "of other versions"])
def test_a_tree_that_is_half_built_or_of_other_versions_is_none(tmp_path, monkeypatch, stamp):
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path))
    if stamp:
        (tmp_path / arm64_tree.STAMP).write_text(stamp)
    with pytest.raises(DeviceNotFound, match="irrvit-bench setup arm64"):
        arm64.describe()


def test_missing_tools_are_said_with_the_packages_that_have_them(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(arm64_setup, "_SBIN", "")
    with pytest.raises(SetupFailed, match="apt-get install qemu-user-static debootstrap"):
        setup.run(SetupOptions("arm64"), lambda name, stage: None)


def test_a_full_disk_is_said_before_anything_is_downloaded(tools, tmp_path, monkeypatch):
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path / "tree"))
    monkeypatch.setattr(arm64_setup, "_NEEDED_BYTES", 10**18)
    with pytest.raises(SetupFailed, match=r"MB left: make room"):
        arm64_setup.build_tree(lambda stage, share: None)


def test_without_a_network_nothing_is_left_that_is_taken_for_a_tree(tools, tmp_path, monkeypatch):
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path / "tree"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(SetupFailed, match=r"debootstrap said: E: .*run it again"):
        arm64_setup.build_tree(lambda stage, share: None)
    assert not (tmp_path / "tree").exists()


def test_a_setup_that_is_killed_leaves_nothing_that_is_taken_for_a_tree(tools, tmp_path):
    command = [sys.executable, "-m", "irrvit.benchmark.cli", "--setup", "arm64"]
    place = {arm64_tree.VARIABLE: str(tmp_path / "tree")}
    with subprocess.Popen(
        command, env={**os.environ, **place}, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        packages = tmp_path / "tree.unfinished" / "packages"
        while not packages.exists() and process.poll() is None:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    assert packages.exists()
    assert not arm64_tree.is_current(tmp_path / "tree")


def test_kinds_that_need_no_setup_are_refused_with_those_that_do():
    done = bench("--setup", "host")
    assert (done.returncode, done.stdout) == (2, "")
    assert "setup got 'host': expected one of arm64" in done.stderr
