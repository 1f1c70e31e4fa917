"""The app's own worker on this machine, as Swift compiled it, and an iPhone played around it."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from irrvit.benchmark.cli import CommandLine

_ROOT = Path(__file__).parents[2]
_WORKER = _ROOT / "scripts/parts/ios/worker.sh"
FASHION = _ROOT / "ios_app/BuiltIn/models/2_irrvit_fashion"


class App:
    """The app's process; `says` changes what it says of its device, `kill` ends it as iOS does."""

    def __init__(self, folder: Path, oracle_port: int):
        self.folder, self._facts = folder, folder / "facts.json"
        folder.mkdir()
        self._environment = os.environ | {"IRRVIT_ORACLE": str(oracle_port)}
        self.port = self.start()

    def start(self) -> int:
        """Open it, with what was sent to it before; returns where it listens."""
        command = [str(_WORKER), "--root", str(self.folder), "--facts", str(self._facts)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=self._environment
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said.startswith("listening on ")
        self.port = int(said.split()[-1])
        return self.port

    def says(self, **facts):
        self._facts.write_text(json.dumps(facts))

    @property
    def files(self) -> dict[str, Path]:
        """What was sent to it, by the path below its folder."""
        pushed = self.folder / "pushed"
        files = [path for path in pushed.rglob("*") if path.is_file()]
        return {path.relative_to(pushed).as_posix(): path for path in files}

    def kill(self):
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="session")
def oracle_port():
    command = [sys.executable, str(Path(__file__).with_name("oracle.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield int(running.stdout.readline())
        running.terminate()


@pytest.fixture(scope="session")
def built_worker(oracle_port):
    """What the worker has to ask; skips where there is no worker."""
    if not (_ROOT / "ios_app/build/swift/release/worker").exists():
        pytest.skip("the Swift worker is not built: scripts/parts/ios/test.sh does that")
    return oracle_port


@pytest.fixture
def app(built_worker, tmp_path):
    app = App(tmp_path / "app", built_worker)
    yield app
    app.kill()


@pytest.fixture
def iphone(start_iphones, app):
    """A played iPhone with the app open on it."""
    return start_iphones("--app-port", app.port)


@pytest.fixture
def command(iphone, app, capsys, tmp_path, monkeypatch):
    """The command line, in this process, on an iPhone that does not say that it is played."""
    app.says(emulated=False, name="iPhone 15")
    monkeypatch.chdir(tmp_path)

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            CommandLine()([str(word) for word in words])
        return ended.value.code, *capsys.readouterr()

    return command


@pytest.fixture
def fashion():
    """The folder of `irrvit_fashion` as the app has it built in."""
    return FASHION


@pytest.fixture
def worker_command():
    return _WORKER


@pytest.fixture
def lab_head(bench, tmp_path):
    """`irrvit-bench lab head` of this machine alone."""
    head = runpy.run_path(str(Path(__file__).parents[1] / "lab_head.py"))["LabHead"](
        bench, tmp_path
    )
    yield head
    head.end()
