"""The page in each of three engines: whoever takes `engine` or `shown` is run in all of them."""

from __future__ import annotations

import runpy
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from irrvit.benchmark.browser.page_server import PageServer, built_page

drivers = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("drivers.py"))))
LIBRARIES = {"chromium": "playwright", "firefox": "marionette_driver", "webkit": "selenium"}


class Shown:
    """The page that an engine shows, by its elements."""

    def __init__(self, engine, site):
        self.engine, self.site = engine, site

    def open(self, path="", *, ready="#check[data-check=true]"):
        self.engine.open(self.site.url + path)
        self.wait_for(ready)

    def open_after(self, script):
        """Open the page with a script that runs before its own."""
        self.site.extra["/before.js"] = script.encode()
        page = (built_page() / "index.html").read_text()
        changed = page.replace("<head>", '<head><script src="before.js"></script>')
        self.site.extra["/index.html"] = changed.encode()
        self.open("index.html")

    def find(self, selector):
        """The text of the first element on the screen that a selector names; None without one."""
        script = """
            const named = [...document.querySelectorAll(args[0])];
            return named.find(each => each.getClientRects().length)?.innerText ?? null;"""
        return self.engine.run(script, selector)

    def wait_for(self, selector, text=""):
        """Wait until an element that a selector names is there and has this in it; its text."""
        end = time.monotonic() + drivers.PATIENCE_S
        while (found := self.find(selector)) is None or text not in found:
            assert time.monotonic() < end, (selector, text, found, self.find("body"))
            time.sleep(0.1)
        return found

    def click(self, selector):
        self.engine.run("document.querySelector(args[0]).click();", selector)

    def choose(self, selector, value):
        script = """
            const element = document.querySelector(args[0]);
            element.value = args[1];
            element.dispatchEvent(new Event("change", {bubbles: true}));"""
        self.engine.run(script, selector, value)


def _started(name, folder, start):
    pytest.importorskip(LIBRARIES[name])
    try:
        with start(folder) as engine:
            engine.name = name
            engine.resize(390, 844)
            yield engine
    except drivers.Missing as missing:
        pytest.skip(f"only on systems that have this engine: {missing}")


@pytest.fixture(scope="session", params=drivers.NAMES)
def engine(request, tmp_path_factory):
    """A page of a browser, as large as a phone; see `drivers.Engine`."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    yield from _started(name, folder, lambda folder: drivers.start(name, folder))


@pytest.fixture
def start_firefox(tmp_path):
    """Start a Firefox of its own with preferences of `about:config`."""
    started = []

    def start_firefox(preferences):
        started.append(
            _started("firefox", tmp_path, lambda folder: drivers.start_firefox(folder, preferences))
        )
        return next(started[-1])

    yield start_firefox
    for each in started:
        each.close()


def _served(page):
    server = PageServer(page, address=("127.0.0.1", 0))
    yield server
    server.close()


@pytest.fixture
def site():
    """The built page; every test has an address, and so a storage, of its own."""
    yield from _served(built_page())


@pytest.fixture
def site_without_headers(tmp_path):
    shutil.copytree(built_page(), tmp_path / "dist")
    (tmp_path / "headers.json").write_text("{}")
    yield from _served(tmp_path / "dist")


@pytest.fixture
def shown_by(site):
    """The page as an engine shows it; `Shown`."""
    return lambda engine: Shown(engine, site)


@pytest.fixture
def shown(engine, shown_by):
    engine.resize(390, 844)
    yield shown_by(engine)
    engine.open("about:blank")
