"""This machine: each file in a process of its own, so that one that dies harms no other."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.device import Loaded, Timed
from irrvit.benchmark.errors import CommandFailed, RuntimeUnavailable
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, Placement, RunConfig

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",), "torch": ("torch",)}
_PACKAGES = {
    "litert": ("ai_edge_litert", "tflite"),
    "onnxruntime": ("onnxruntime", "onnx"),
    "torch": ("torch", "all"),
}
_LOAD_WINDOW_S = 0.3
_PATIENCE_S = 2


def describe() -> DeviceInfo:
    """This machine; its name is its processor's, and the hash tells it from others alike."""
    soc = _cpuinfo("model name") or platform.processor() or platform.machine()
    ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    cores = os.cpu_count() or 1
    machine = Path("/etc/machine-id")
    own = machine.read_text() if machine.exists() else str(uuid.getnode())
    identity = f"{own} {soc} {cores} {ram}"
    return DeviceInfo(
        kind="host",
        name=f"{soc}, {cores} cores",
        soc=soc,
        os=platform.platform(),
        ram_bytes=ram,
        abi=platform.machine(),
        cores=cores,
        emulated=False,
        id_hash=hashlib.sha256(identity.encode()).hexdigest()[:16],
    )


def state() -> DeviceState:
    """Watch the machine for a moment while nothing of ours runs."""
    before = _busy_s()
    time.sleep(_LOAD_WINDOW_S)
    after = _busy_s()
    load = None if before is None or after is None else (after - before) / _LOAD_WINDOW_S
    frequency = _cpuinfo("cpu MHz")
    return DeviceState(
        load=load,
        temperature_c=_temperature_c(),
        frequency_mhz=float(frequency) if frequency else None,
        at_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def open(path: str, config: RunConfig) -> HostProcess:
    """See `irrvit.benchmark.device.Device`."""
    package, extra = _PACKAGES[config.runtime]
    if importlib.util.find_spec(package) is None:
        raise RuntimeUnavailable(
            f"the package {package} is not installed, and {config.runtime} needs it: "
            f'pip install "irrvit-mobile[{extra}]"'
        )
    return HostProcess(path, config)


def _cpuinfo(field: str) -> str | None:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), None)


def _temperature_c() -> float | None:
    zones = sorted(Path("/sys/class/thermal").glob("thermal_zone*/temp"))
    return max((int(zone.read_text()) / 1000 for zone in zones), default=None)


def _busy_s() -> float | None:
    """Seconds that all cores together were busy since the machine started, or None."""
    path = Path("/proc/stat")
    if not path.exists():
        return None
    user, nice, system, _idle, _wait, *others = map(
        int, path.read_text().split("\n")[0].split()[1:]
    )
    # Interrupts and what the hypervisor took; guests are within user already.
    return (user + nice + system + sum(others[:3])) / os.sysconf("SC_CLK_TCK")


class HostProcess:
    """`irrvit.benchmark.worker` in a process; see `irrvit.benchmark.device.Process`."""

    def __init__(self, path: str, config: RunConfig):
        self._timeout_s = config.timeout_s
        self._folder = tempfile.TemporaryDirectory(prefix="irrvit-bench-")
        self._log = Path(self._folder.name) / "stderr"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "irrvit.benchmark.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C reaches us, not it.
            )
        self._answers: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self.loaded = self._load(path, config)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def _load(self, path: str, config: RunConfig) -> Loaded:
        answer = self._ask("load", runtime=config.runtime, path=path, threads=config.threads)
        return Loaded(
            load_ms=answer["load_ms"],
            runtime_version=answer["version"],
            placement=Placement(accelerator="cpu", **answer["placement"]),
            idle_memory_bytes=answer["idle_memory_bytes"],
        )

    def set_input(self, pixels: np.ndarray) -> None:
        file = Path(self._folder.name) / "pixels.npy"
        np.save(file, pixels.astype(np.float32))
        self._ask("set", pixels=str(file))

    def time(self, calls: int, *, untimed: int = 0) -> Timed:
        if untimed:
            self._ask("time", calls=untimed)
        before = _busy_s()
        answer = self._ask("time", calls=calls)
        after = _busy_s()
        own_ms = answer["cpu_ns"] / 1e6
        busy = None if before is None or after is None else 1000 * (after - before)
        return Timed(
            latencies_ms=tuple(ns / 1e6 for ns in answer["ns"]),
            own_cpu_ms=own_ms,
            wall_ms=answer["wall_ns"] / 1e6,
            background_ms=None if busy is None else busy - own_ms,
        )

    def logits(self) -> np.ndarray:
        return np.array(self._ask("logits")["logits"])

    def peak_memory_bytes(self) -> int | None:
        return self._ask("memory")["bytes"]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # What it was told last, it never read.
            self._process.stdin.close()
        self._listener.join()
        self._folder.cleanup()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._answers.put(line)
        self._answers.put("")  # It died.

    def _ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._answers.get(timeout=self._timeout_s)
        except queue.Empty:
            raise CommandFailed(
                f"its process did not answer within {self._timeout_s:g} s and was ended"
            ) from None
        except BrokenPipeError:
            line = ""
        if not line:
            raise CommandFailed(self._obituary())
        answer = json.loads(line)
        if "error" in answer:
            raise CommandFailed(f"its runtime says: {answer['error']}")
        return answer

    def _obituary(self) -> str:
        try:
            code = self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            return "its process closed its output and went on"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        how += ": out of memory?" if how == "SIGKILL" else ""
        said = self._log.read_text(errors="replace").strip().splitlines()
        return f"its process died ({how})" + (f"; its last words: {said[-1]}" if said else "")
