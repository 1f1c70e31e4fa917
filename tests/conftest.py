"""What all tests share: seeds, skips for what a laptop lacks, marks, a browser, a phone."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import runpy
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

# Conversions take half a minute: whoever uses one of these is slow.
_SLOW_FIXTURES = {"exported_twice", "tiny_tflite"}
_PHONE, _IPHONES = (Path(__file__).parent / name for name in ("phone", "iphone"))
_RAILS = "android.hardware.power.stats.IPowerStats/default"


def pytest_addoption(parser):
    parser.addoption(
        "--require-extras",
        action="store_true",
        help="a skipped test is a failed one, unless its reason begins with 'only on '",
    )


def pytest_configure(config):
    # A job in the background of a script ignores Ctrl-C, and so would all that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", "needs(*packages): skipped on a machine that lacks one of these packages"
    )


def pytest_collection_modifyitems(items):
    for item in items:
        if _SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        for package in mark.args:
            if importlib.util.find_spec(package) is None:
                pytest.skip(f"the package {package} is not installed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    return _fail_if_skipped(report, item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    return _fail_if_skipped(report, collector.config)


def _fail_if_skipped(report, config):
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if config.getoption("--require-extras") and not reason.startswith("only on "):
        report.outcome = "failed"
        report.longrepr = f"--require-extras: skipped because {reason}"
    return report


@pytest.fixture(autouse=True, scope="session")
def _data_cache(tmp_path_factory):
    """What tests find out about pictures is nobody's."""
    os.environ["IRRVIT_DATA_CACHE"] = str(tmp_path_factory.mktemp("data_cache"))


@pytest.fixture(autouse=True)
def _seeds():
    """Same numbers in every run; torch only where the test imported it."""
    random.seed(0)
    np.random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@pytest.fixture(scope="session")
def chromium_path():
    """The browser of this machine: skips where there is none, since none is ever downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed (Debian's package is called chromium)")
    return found


@pytest.fixture(scope="module")
def chromium(chromium_path):
    """A headless Chromium: `Browser` of Playwright's synchronous API, one for each test file.

    `chromium.new_page(viewport={"width": 390, "height": 844})` gives a page, to be closed by its
    user; `chromium.new_context(color_scheme="dark", offline=True)` gives settings of its own.

    While it is open its thread counts as running an event loop: no second `sync_playwright()` and
    no `asyncio.run()` in the same test file. Code that starts a browser itself is tested with
    `chromium_path` alone.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=chromium_path,
            args=["--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


# A phone that the real adb talks to, and what may happen to it: see `tests/phone`.


class Adb:
    """The real adb, with a server of its own: nobody else's is touched."""

    def __init__(self, home):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self._own = {"ANDROID_ADB_SERVER_PORT": self.port, "HOME": str(home)}

    def __call__(self, *words):
        how = {"capture_output": True, "text": True, "timeout": 60, "check": False}
        return subprocess.run(["adb", *words], env=os.environ | self._own, **how).stdout


class PlayedPhone:
    """A phone's process; `set` changes its condition, by the names of `phone.Condition`."""

    def __init__(self, adb: Adb, *arguments):
        self._adb = adb
        self._process = subprocess.Popen(
            [sys.executable, str(_PHONE), *arguments],
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
        phones[-1].set(charging=True, hidden=[_RAILS])
        return phones[-1]

    yield start
    for phone in phones:
        phone.end()


@pytest.fixture
def start_iphones(monkeypatch):
    """This process and what it starts talk to the daemon of the iPhones that were started last."""
    played, started = runpy.run_path(str(_IPHONES / "played.py"))["PlayedIPhones"], []

    def start(*arguments):
        started.append(played(*arguments))
        monkeypatch.setenv("USBMUXD_SOCKET_ADDRESS", started[-1].address)
        return started[-1]

    yield start
    for iphones in started:
        iphones.end()


@pytest.fixture
def bench(tmp_path):
    """`irrvit-bench` as a person calls it, in a folder of its own."""

    def bench(*arguments, **environ):
        command = [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, arguments)]
        env, how = os.environ | environ, {"capture_output": True, "text": True, "timeout": 300}
        done = subprocess.run(command, check=False, cwd=tmp_path, env=env, **how)
        assert "Traceback" not in done.stderr
        return done

    return bench
