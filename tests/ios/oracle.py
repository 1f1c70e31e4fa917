"""Answers for Core ML where there is none: by the project's interpreter, of the very package.

The stand-ins of `ios_app/Stubs` ask it over a port, a line of JSON each way. It also decodes
pictures for the stand-in of ImageIO. Run alone it prints its port; `--while COMMAND...` runs a
command with the port in IRRVIT_ORACLE and ends with it.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from irrvit.export.content import content_hash
from irrvit.export.coreml import program
from irrvit.export.coreml.program import MilProgram

VARIABLE = "IRRVIT_ORACLE"
_LOADING = threading.Lock()  # Two at once would read the same package twice.


def load(path: Path) -> MilProgram:
    """A package, or what the stand-in of Core ML calls compiled: a copy of it by another name."""
    with _LOADING:
        return _load(content_hash(path), path)


@lru_cache(maxsize=8)
def _load(_: str, path: Path) -> MilProgram:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "model.mlpackage"
        shutil.copytree(path, package)
        return program.load(package)


def facts(loaded: MilProgram) -> dict[str, Any]:
    """Inputs with their shapes, outputs, and operations as Core ML lists them: with constants."""
    constants = [["const", name] for name in loaded.constants]
    operations = [[f"ios16.{op.kind}", op.name] for op in loaded.operations()]
    return {
        "inputs": {value.name: [int(n) for n in value.shape] for value in loaded.inputs},
        "outputs": [value.name for value in loaded.outputs],
        "operations": constants + operations,
    }


def run(loaded: MilProgram, question: dict[str, Any]) -> dict[str, Any]:
    """The outputs for a picture (uint8 RGB in rows) or for numbers (float32)."""
    (declared,) = loaded.inputs
    if "image" in question:
        height, width = question["size"]
        content = base64.b64decode(question["image"])
        pixels = np.frombuffer(content, np.uint8).reshape(1, height, width, 3)
        value = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), np.float32)
    else:
        content = base64.b64decode(question["floats"])
        value = np.frombuffer(content, np.float32).reshape(declared.shape)
    found = loaded.run({declared.name: value})
    return {"outputs": {name: list(map(float, array.ravel())) for name, array in found.items()}}


def picture(question: dict[str, Any]) -> dict[str, Any]:
    """A decoded picture, as ImageIO makes a thumbnail of it: turned upright only if asked to."""
    image = Image.open(io.BytesIO(base64.b64decode(question["content"])))
    if question["upright"]:
        image = ImageOps.exif_transpose(image)
    image.thumbnail((question["most"], question["most"]))
    rgba = image.convert("RGBA")
    content = base64.b64encode(rgba.tobytes()).decode()
    return {"width": rgba.width, "height": rgba.height, "rgba": content}


class _Asked(socketserver.StreamRequestHandler):
    loaded: MilProgram

    def handle(self) -> None:
        for line in self.rfile:
            try:
                answer = self._answer(json.loads(line))
            except Exception as error:  # Sent to whoever asked, who raises it.
                answer = {"error": f"{type(error).__name__}: {error}"}
            self.wfile.write((json.dumps(answer) + "\n").encode())

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if question["do"] == "load":
            self.loaded = load(Path(question["path"]))
            return facts(self.loaded)
        return picture(question) if question["do"] == "picture" else run(self.loaded, question)


class Oracle(socketserver.ThreadingTCPServer):
    """It listens on a port of this machine that is free."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()


def main() -> int:
    torch.set_num_threads(1)  # Small networks: threads that wait for each other cost more.
    with Oracle() as oracle:
        if sys.argv[1:2] == ["--while"]:
            oracle.start()
            environment = os.environ | {VARIABLE: str(oracle.port)}
            return subprocess.run(sys.argv[2:], env=environment, check=False).returncode
        print(oracle.port, flush=True)
        oracle.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
