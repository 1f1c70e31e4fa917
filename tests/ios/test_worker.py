"""The app's own worker, as Swift compiled it, spoken to as `irrvit-bench` does."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import subprocess
from pathlib import Path

import numpy as np
import pytest

from irrvit.benchmark.results import golden
from irrvit.benchmark.results.golden import GoldenPicture
from irrvit.export import artifact
from irrvit.export.proof import cases


class Talk:
    def __init__(self, port: int):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._lines = self._socket.makefile("rb")

    def ask(self, do: str, content: bytes = b"", **fields):
        self._socket.sendall((json.dumps({"do": do, **fields}) + "\n").encode() + content)
        return json.loads(self._lines.readline())

    def push(self, path: Path, name: str) -> None:
        for file in sorted(one for one in path.rglob("*") if one.is_file()):
            content = file.read_bytes()
            self.ask(
                "put",
                content,
                path=f"{name}/{file.relative_to(path).as_posix()}",
                sha256=hashlib.sha256(content).hexdigest(),
                bytes=len(content),
            )

    def logits(self, pixels: np.ndarray) -> np.ndarray:
        content = base64.b64encode(np.ascontiguousarray(pixels, "<f4").tobytes()).decode()
        assert self.ask("set", base64=content) == {}
        return np.asarray(self.ask("logits")["logits"])


@pytest.fixture
def talk(app):
    return Talk(app.port)


def test_it_says_what_it_is(talk):
    said = talk.ask("hello")
    assert said["kind"] == "iphone"
    assert said["protocol"] == 1
    assert said["emulated"] is True


@pytest.mark.needs("coremltools")
@pytest.mark.parametrize("accelerator", ["cpu", "npu", "all"])
def test_the_golden_cases_agree_with_pytorch(talk, fashion, accelerator):
    opened = artifact.open(fashion)
    name = f"{opened.manifest.sha256}.mlpackage"
    talk.push(opened.path, name)
    assert talk.ask("have", path=name)["sha256"] == opened.manifest.sha256
    loaded = talk.ask("load", runtime="coreml", path=name, threads=1, accelerator=accelerator)
    assert loaded["accelerator"] == accelerator
    assert loaded["placement"]["nodes_total"] == opened.manifest.operations.after
    pictures = cases.golden_pictures(opened.manifest.input)
    wanted = [
        GoldenPicture(one.picture, pictures[one.picture][None], one.top5, one.logits, 0.1)
        for one in opened.manifest.golden
    ]
    found = golden.check(wanted, talk.logits)
    assert found.cases == 6
    assert found.passed


def test_calls_are_timed_one_by_one(talk, fashion):
    opened = artifact.open(fashion)
    talk.push(opened.path, "a.mlpackage")
    talk.ask("load", runtime="coreml", path="a.mlpackage", threads=1, accelerator="cpu")
    talk.logits(np.zeros((1, 28, 28, 3)))
    timed = talk.ask("time", calls=5)
    assert len(timed["ns"]) == 5
    assert sum(timed["ns"]) <= timed["wall_ns"]
    assert talk.ask("memory")["bytes"] > 1e6
    plan = talk.ask("plan")["operations"]
    assert {step["unit"] for step in plan} == {"cpu"}


def test_bad_usage_is_told(worker_command):
    done = subprocess.run(
        [worker_command, "--nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "usage: worker" in done.stderr or "build it first" in done.stderr
