"""Building the ARM64 tree: what `irrvit-bench setup arm64` does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from irrvit.benchmark import machine
from irrvit.benchmark.arm64 import tree as arm64_tree
from irrvit.benchmark.device import SetupProgress
from irrvit.benchmark.errors import BenchmarkError, SetupFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.client import LocalProcess
from irrvit.export.built_folder import build_once

_NEEDED_BYTES = 800_000_000  # While it is built; half of it stays.
_NEEDED_TOOLS = {"debootstrap": "debootstrap", "dpkg-deb": "dpkg"}
_ABOUT_AS_MANY = 110  # Debian packages, for the bar.
_SBIN = ":/usr/sbin:/sbin"  # Where Debian puts debootstrap, and users do not look.
_GLIBC = 36  # Debian 12 has 2.36: wheels for it and for older ones run.
_NOT_RUN = ("usr/share/doc", "usr/share/locale", "usr/share/man", "var")
_SIZE = 64
# Both runtimes' libraries for telling processors apart crash without these two.
_CPUINFO = """processor\t: {core}
BogoMIPS\t: 100.00
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc \
dcpop asimddp
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0b
CPU revision\t: 1

"""
_CORE_LISTS = ("possible", "present", "online")


def build_tree(progress: SetupProgress) -> Path:
    """Build the tree unless it is current; return its folder.

    Raises:
        SetupFailed: a tool is missing, the network is not there, the disk is full, or what was
            built does not compute what it should.
        RuntimeUnavailable: this machine lacks the packages that the tree is to have.
    """
    tree = arm64_tree.folder()
    _require_tools()
    try:
        build_once(tree, lambda new: _build(new, progress), is_current=arm64_tree.is_current)
    except OSError as error:
        raise SetupFailed(
            f"cannot build the ARM64 tree in {tree}: {error.strerror or error}; "
            f"make room or rights, or name another folder in {arm64_tree.VARIABLE}"
        ) from error
    return tree


def _require_tools() -> None:
    missing = [] if arm64_tree.qemu() else ["qemu-user-static"]
    path = os.environ.get("PATH", "") + _SBIN
    missing += [name for tool, name in _NEEDED_TOOLS.items() if not shutil.which(tool, path=path)]
    if missing:
        raise SetupFailed(
            f"an ARM64 machine cannot be emulated without {' and '.join(missing)}: "
            f"sudo apt-get install {' '.join(missing)}"
        )


def _build(tree: Path, progress: SetupProgress) -> None:
    free = shutil.disk_usage(tree.parent).free
    if free < _NEEDED_BYTES:
        raise SetupFailed(
            f"the ARM64 tree needs {_NEEDED_BYTES / 1e6:.0f} MB while it is built, and "
            f"{tree.parent} has {free / 1e6:.0f} MB left: make room, or name another folder in "
            f"{arm64_tree.VARIABLE}"
        )
    packages = tree / "packages"
    _download(packages, progress)
    _unpack(packages, tree, progress)
    shutil.rmtree(packages)
    progress("installing the runtimes", 0.6)
    _install_runtimes(tree)
    _describe_processor(tree)
    progress("trying the runtimes", 0.85)
    for runtime in ("litert", "onnxruntime"):
        _try(tree, runtime)
    (tree / arm64_tree.STAMP).write_text(arm64_tree.key())


def _download(folder: Path, progress: SetupProgress) -> None:
    """Debian's packages, their checksums checked; debootstrap needs no root for that."""
    choice = ["--arch=arm64", "--variant=minbase", "--include=python3", arm64_tree.SUITE]
    got = 0

    def follow(line: str) -> None:
        nonlocal got
        got += line.startswith("I: Validating")
        progress("downloading Debian", 0.35 * min(1.0, got / _ABOUT_AS_MANY))

    _call("debootstrap", ["debootstrap", "--download-only", *choice, str(folder)], follow)


def _unpack(folder: Path, tree: Path, progress: SetupProgress) -> None:
    packages = sorted((folder / "var/cache/apt/archives").glob("*.deb"))
    for i, package in enumerate(packages):
        progress("unpacking Debian", 0.35 + 0.25 * i / len(packages))
        _call("dpkg-deb", ["dpkg-deb", "-x", str(package), str(tree)])
    for name in _NOT_RUN:
        shutil.rmtree(tree / name)


def _install_runtimes(tree: Path) -> None:
    platforms = [f"manylinux_2_{minor}_aarch64" for minor in range(_GLIBC, 16, -1)]
    platforms.append("manylinux2014_aarch64")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--target", str(tree / arm64_tree.SITE), "--only-binary=:all:", "--no-compile"]
    pip += ["--python-version", arm64_tree.PYTHON, "--implementation", "cp"]
    pip += [word for name in platforms for word in ("--platform", name)]
    _call("pip", [*pip, *arm64_tree.requirements()])


def _describe_processor(tree: Path) -> None:
    """Write the files that say what processor it is, which qemu shows instead of this one's."""
    cores = machine.cores()
    (tree / "proc" / "cpuinfo").write_text(
        "".join(_CPUINFO.format(core=core) for core in range(cores))
    )
    folder = tree / "sys/devices/system/cpu"
    folder.mkdir(parents=True)
    for name in _CORE_LISTS:
        (folder / name).write_text(f"0-{cores - 1}\n")


def _try(tree: Path, runtime: str) -> None:
    """The rows of the unit matrix come out as the weights of a linear layer."""
    weights = linear.weights(_SIZE)
    try:
        process = LocalProcess(
            arm64_tree.worker_command(tree), f"linear:{_SIZE}", RunConfig(runtime=runtime)
        )
        try:
            process.set_input(np.eye(_SIZE, dtype=np.float32))
            answer = process.logits()
        finally:
            process.close()
    except BenchmarkError as error:
        raise SetupFailed(f"{runtime} does not run in the ARM64 tree: {error}") from error
    if not np.allclose(answer, weights.ravel(), rtol=1e-5):
        raise SetupFailed(f"{runtime} computes something else in the ARM64 tree: try another qemu")


def _call(
    tool: str, command: Sequence[str], follow: Callable[[str], None] = lambda line: None
) -> None:
    """Run a tool; its last words are its reason if it fails."""
    environment = {**os.environ, "PATH": os.environ.get("PATH", "") + _SBIN, "LC_ALL": "C"}
    last_line = ""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            last_line = line.strip() or last_line
            follow(line)
    if running.returncode:
        raise SetupFailed(
            f"the ARM64 tree could not be built; {tool} said: {last_line}; once that is put right, "
            "run it again"
        )
