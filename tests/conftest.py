"""What all tests share: seeds, skips for what a laptop lacks, marks."""

from __future__ import annotations

import importlib.util
import random
import shutil
import sys

import numpy as np
import pytest

# Conversions take half a minute: whoever uses one of these is slow.
_SLOW_FIXTURES = {"exported_twice", "tiny_tflite"}


def pytest_addoption(parser):
    parser.addoption(
        "--require-extras",
        action="store_true",
        help="a skipped test is a failed one, unless its reason begins with 'only on '",
    )


def pytest_configure(config):
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
