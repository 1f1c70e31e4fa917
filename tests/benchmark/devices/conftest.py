"""A phone that the real adb talks to, and what may happen to it: see `tests/phone`."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PHONE = Path(__file__).parents[2] / "phone"
RAILS = "android.hardware.power.stats.IPowerStats/default"


class Adb:
    """The real adb, with a server of its own: nobody else's is touched."""

    def __init__(self, home):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self._own = {"ANDROID_ADB_SERVER_PORT": self.port, "HOME": str(home)}

    def __call__(self, *words):
        done = subprocess.run(
            ["adb", *words],
            env=os.environ | self._own,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout


class PlayedPhone:
    """A phone's process; `set` changes its condition, by the names of `phone.Condition`."""

    def __init__(self, adb: Adb, *arguments):
        self._adb = adb
        self._process = subprocess.Popen(
            [sys.executable, str(PHONE), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        said = json.loads(self._out.readline())
        self.folder, self.serial = Path(said["folder"]), f"127.0.0.1:{said['port']}"

    def set(self, **condition):
        self._in.write(json.dumps(condition) + "\n")
        self._in.flush()
        assert self._out.readline() == "{}\n"

    def plug_in(self):
        self.set(plugged=True)
        self._adb("disconnect", self.serial)
        self._adb("connect", self.serial)

    @property
    def files(self):
        """What lies where pushes go, by name."""
        folder = self.folder / "root/data/local/tmp/irrvit-bench"
        return {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}

    def end(self):
        self._adb("disconnect", self.serial)
        self._in.close()
        self._process.wait(10)


@pytest.fixture(scope="session")
def adb(tmp_path_factory):
    if sys.platform != "linux":
        pytest.skip("only on Linux can a folder play a phone")
    if shutil.which("adb") is None:
        pytest.skip("adb is not installed")
    server = Adb(tmp_path_factory.mktemp("home"))
    server("start-server")
    yield server
    server("kill-server")


@pytest.fixture
def own_server(adb, monkeypatch):
    """This process and what it starts talk to that server."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", adb.port)
    return adb


@pytest.fixture
def no_server(adb, tmp_path, monkeypatch):
    """This process would talk to a server that does not run; it may start one."""
    absent = Adb(tmp_path)
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", absent.port)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield absent
    absent("kill-server")


@pytest.fixture
def start_phone(own_server):
    phones = []

    def start(*arguments):
        phones.append(PlayedPhone(own_server, *arguments))
        phones[-1].plug_in()
        # Its cable feeds it, and it has no meter: measuring energy takes a while.
        phones[-1].set(charging=True, hidden=[RAILS])
        return phones[-1]

    yield start
    for phone in phones:
        phone.end()


@pytest.fixture
def phone(start_phone):
    return start_phone()


@pytest.fixture(scope="session")
def apk(tmp_path_factory):
    """What is installed as the app: to the phone of the tests, any file is one."""
    path = tmp_path_factory.mktemp("apk") / "irrvit.apk"
    path.write_bytes(os.urandom(9 << 20))
    return path


@pytest.fixture
def played():
    """The folder with what plays a phone and its programs."""
    return PHONE


@pytest.fixture
def write_arm_program():
    """`tests/phone/arm_program.py`, which is no module of a package."""
    return runpy.run_path(str(PHONE / "arm_program.py"))["write"]


@pytest.fixture
def bench(tmp_path):
    """`irrvit-bench` as a person calls it, in a folder of its own."""

    def bench(*arguments, **environ):
        done = subprocess.run(
            [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=tmp_path,
            env=os.environ | environ,
        )
        assert "Traceback" not in done.stderr
        return done

    return bench
