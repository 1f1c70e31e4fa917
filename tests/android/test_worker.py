"""The app's benchmark worker, the same code on this machine's JVM."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from irrvit.export import artifact
from irrvit.export.proof import cases

ROOT = Path(__file__).parents[2]


class Worker:
    """A connection to a worker in a process of its own."""

    def __init__(self, jar: Path, root: Path):
        command = ["java", "-jar", str(jar), "--port", "0", "--root", str(root)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().split()[-1])
        self._stream = self._connect()

    def _connect(self):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            return connection.makefile("rw", encoding="utf-8")

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        self._stream.write(json.dumps({"do": do, **arguments}) + "\n")
        self._stream.flush()
        return json.loads(self._stream.readline())

    def end(self) -> None:
        self._stream.close()
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module")
def exported():
    folder = ROOT / "artifacts/irrvit_fashion/tflite-fp32"
    if not folder.exists():
        pytest.skip(f"{folder} is not there: build it with make apk")
    return artifact.open(folder)


@pytest.fixture
def worker(worker_jar):
    worker = Worker(worker_jar, ROOT / "artifacts/irrvit_fashion")
    yield worker
    worker.end()


def load(worker: Worker, exported) -> dict[str, Any]:
    path = f"tflite-fp32/{exported.manifest.file}"
    return worker.ask("load", runtime="litert", path=path, threads=1)


def test_logits_are_those_of_python(worker, exported, tmp_path):
    load(worker, exported)
    for pixels in cases.golden_pictures(exported.manifest.input).values():
        expected = exported.run(pixels[None])[0]
        np.save(tmp_path / "picture.npy", pixels[None].astype(np.float32))
        assert worker.ask("set", pixels=str(tmp_path / "picture.npy")) == {}
        logits = worker.ask("logits")["logits"]
        np.testing.assert_allclose(logits, expected, atol=1e-5 * np.abs(expected).max())


def test_pixels_may_come_along(worker, exported, tmp_path):
    load(worker, exported)
    pixels = next(iter(cases.golden_pictures(exported.manifest.input).values())).astype("<f4")
    np.save(tmp_path / "picture.npy", pixels[None])
    worker.ask("set", pixels=str(tmp_path / "picture.npy"))
    from_file = worker.ask("logits")
    worker.ask("set", base64=base64.b64encode(np.zeros_like(pixels).tobytes()).decode())
    assert worker.ask("logits") != from_file
    worker.ask("set", base64=base64.b64encode(pixels.tobytes()).decode())
    assert worker.ask("logits") == from_file


def test_load_says_what_python_s_worker_says(worker, exported):
    answer = load(worker, exported)
    assert answer["version"].startswith("tensorflow-lite 2.")
    assert answer["load_ms"] > 0
    assert answer["idle_memory_bytes"] > 10e6
    placement = answer["placement"]
    assert placement["nodes_total"] == placement["nodes_delegated"] > 0
    assert placement["partitions"] == 1


def test_every_call_is_timed(worker, exported):
    load(worker, exported)
    answer = worker.ask("time", calls=50)
    assert len(answer["ns"]) == 50
    assert 0 < sum(answer["ns"]) <= answer["wall_ns"]
    assert worker.ask("memory")["bytes"] > 10e6


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ({"do": "logits"}, "no file is loaded"),
        ({"do": "dance"}, 'no command "dance"'),
        (
            {"do": "load", "runtime": "x", "path": "a", "threads": 1},
            'no runtime "x": expected litert or onnxruntime',
        ),
        ({"do": "load", "runtime": "litert", "path": "none.tflite", "threads": 1}, "none.tflite"),
        (
            {"do": "load", "runtime": "litert", "path": "tflite-fp32/manifest.json", "threads": 1},
            "no TFLite",
        ),
        (
            {"do": "load", "runtime": "litert", "path": "a", "threads": 1, "accelerator": "gpu"},
            'on cpu here, not on "gpu"',
        ),
    ],
)
def test_what_goes_wrong_is_an_answer_and_the_next_command_is_heard(worker, command, expected):
    assert expected in worker.ask(**command)["error"]
    assert "error" not in worker.ask("memory")


def test_a_picture_of_another_size_is_refused(worker, exported):
    load(worker, exported)
    wrong = base64.b64encode(np.zeros(5, "<f4").tobytes()).decode()
    assert "5 values: expected 2352" in worker.ask("set", base64=wrong)["error"]
