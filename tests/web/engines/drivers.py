"""Three engines behind one small face: Chromium, Firefox and WebKitGTK, the real ones of Debian.

Chromium is driven by Playwright, Firefox by Mozilla's Marionette, WebKitGTK by Selenium and its
own WebKitWebDriver. What they have in common is what a test of all three may use: `Engine`.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

NAMES = ("chromium", "firefox", "webkit")
PATIENCE_S = 60
_LIBRARIES = sorted(Path("/usr/lib").glob("*-linux-gnu/webkit2gtk-4.1/MiniBrowser"))
_CAMERA: dict[str, object] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
}
# The window's tool bar would keep it from being as narrow as a phone.
_NARROW = """
toolbar, toolbar *, headerbar, headerbar *, entry, button {
    min-width: 0; padding: 0; margin: 0; border-width: 0; font-size: 1px;
    -gtk-icon-transform: scale(0.3);
}"""


class Missing(Exception):
    """An engine is not installed; the message says what to install."""


class Engine(Protocol):
    """One page of a browser that is shown and driven."""

    def open(self, url: str) -> None: ...

    def run(self, body: str, *args: Any) -> Any:
        """Run the body of an async function in the page; `args` has the arguments."""
        ...

    def resize(self, width: int, height: int) -> None:
        """Make the page, not the window, that large."""
        ...

    def screenshot(self) -> bytes: ...


@contextmanager
def start(name: str, folder: Path) -> Iterator[Engine]:
    """Start an engine with a camera of its own that every page may use.

    Raises:
        Missing: it is not installed.
    """
    with ExitStack() as stack:
        yield {"chromium": _chromium, "firefox": _firefox, "webkit": _webkit}[name](folder, stack)


def _installed(name: str, package: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} is not installed (Debian's package is called {package})")
    return path


class _Chromium:
    def __init__(self, page: Any):
        self._page = page
        page.set_default_timeout(1000 * PATIENCE_S)

    def open(self, url: str) -> None:
        self._page.goto(url)

    def run(self, body: str, *args: Any) -> Any:
        return self._page.evaluate(f"async args => {{ {body} }}", list(args))

    def resize(self, width: int, height: int) -> None:
        self._page.set_viewport_size({"width": width, "height": height})

    def screenshot(self) -> bytes:
        return self._page.screenshot()


def _chromium(folder: Path, stack: ExitStack) -> Engine:
    from playwright.sync_api import sync_playwright

    path = _installed("chromium", "chromium")
    camera = [f"--use-fake-{what}-for-media-stream" for what in ("device", "ui")]
    running = stack.enter_context(sync_playwright())
    browser = running.chromium.launch(executable_path=path, args=["--disable-gpu", *camera])
    stack.callback(browser.close)
    return _Chromium(browser.new_page(ignore_https_errors=True))


class _Firefox:
    def __init__(self, marionette: Any):
        self._marionette = marionette

    def open(self, url: str) -> None:
        self._marionette.navigate(url)

    def run(self, body: str, *args: Any) -> Any:
        return _answer(self._marionette.execute_async_script(_asked(body), args, sandbox=None))

    def resize(self, width: int, height: int) -> None:
        # No window of its own is that narrow; the page in it may be.
        script = """
            for (const [name, px] of [["width", arguments[0]], ["height", arguments[1]]]) {
                gBrowser.selectedBrowser.style.setProperty(`min-${name}`, `${px}px`);
                gBrowser.selectedBrowser.style.setProperty(`max-${name}`, `${px}px`);
            }"""
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(script, (width, height))

    def screenshot(self) -> bytes:
        return base64.b64decode(self._marionette.screenshot(full=False))


def _firefox(folder: Path, stack: ExitStack, preferences: dict[str, object] = _CAMERA) -> Engine:
    from marionette_driver.marionette import Marionette

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    marionette = Marionette(
        bin=_installed("firefox-esr", "firefox-esr"),
        headless=True,
        port=port,
        prefs=_CAMERA | preferences,
        gecko_log=str(folder / "firefox.log"),
    )
    stack.callback(marionette.cleanup)
    marionette.start_session({"acceptInsecureCerts": True})
    stack.callback(marionette.delete_session)
    marionette.timeout.script = PATIENCE_S
    return _Firefox(marionette)


@contextmanager
def start_firefox(folder: Path, preferences: dict[str, object]) -> Iterator[Engine]:
    """Start Firefox with preferences of `about:config`."""
    with ExitStack() as stack:
        yield _firefox(folder, stack, preferences)


class _WebKit:
    def __init__(self, driver: Any):
        self._driver = driver
        driver.set_script_timeout(PATIENCE_S)

    def open(self, url: str) -> None:
        self._driver.get(url)

    def run(self, body: str, *args: Any) -> Any:
        return _answer(self._driver.execute_async_script(_asked(body), *args))

    def resize(self, width: int, height: int) -> None:
        self._driver.set_window_size(width, height)
        bar = height - self._driver.execute_script("return innerHeight")
        self._driver.set_window_size(width, height + bar)

    def screenshot(self) -> bytes:
        return self._driver.get_screenshot_as_png()


def _webkit(folder: Path, stack: ExitStack) -> Engine:
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    driver = _installed("WebKitWebDriver", "webkit2gtk-driver")
    if not _LIBRARIES:
        raise Missing("MiniBrowser is not installed (Debian's package is called webkit2gtk-driver)")
    settings = folder / "gtk-3.0"
    settings.mkdir()
    (settings / "gtk.css").write_text(_NARROW)
    environment = {"DISPLAY": _display(stack), "XDG_CONFIG_HOME": str(folder)}
    options = Options()
    options.binary_location = str(_LIBRARIES[-1])
    for argument in (
        "--automation",
        "--ignore-tls-errors",
        "--enable-mock-capture-devices=true",
        "--features=-MockCaptureDevicesPrompt",
    ):
        options.add_argument(argument)
    service = Service(driver, env=os.environ | environment)
    session = webdriver.WebKitGTK(options=options, service=service)
    stack.callback(session.quit)
    return _WebKit(session)


def _display(stack: ExitStack) -> str:
    """A screen in memory: WebKitGTK has no headless mode."""
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        [_installed("Xvfb", "xvfb"), "-displayfd", str(writing), "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    stack.callback(screen.wait)
    stack.callback(screen.terminate)
    os.close(writing)
    with os.fdopen(reading) as said:
        return f":{said.readline().strip()}"


def _asked(body: str) -> str:
    """As WebDriver takes it: the last argument is told the answer."""
    return f"""
        const args = [...arguments], done = args.pop();
        (async () => {{ {body} }})().then(
            value => done({{value: value ?? null}}), error => done({{error: String(error)}}));"""


def _answer(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise AssertionError(answer["error"])
    return answer["value"]
