"""Finding the browser and what it says of itself; `tests/web` runs files in a real one."""

import pytest

from irrvit.benchmark.browser import installed as browser_installed
from irrvit.benchmark.devices import browser
from irrvit.benchmark.errors import DeviceNotFound


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A PATH with nothing but a browser that says this of its version."""

    def install(name, said):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho '{said}'\n")
        path.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    return install


def test_no_browser_is_said_with_what_to_install(installed, monkeypatch, tmp_path):
    monkeypatch.setattr(browser_installed, "_ON_MACOS", str(tmp_path / "none"))
    with pytest.raises(DeviceNotFound, match=r"no browser was found: looked for chromium, .*apt"):
        browser.describe()


def test_what_is_no_browser_is_not_taken_for_one(installed):
    installed("chromium", "a game of that name")
    with pytest.raises(DeviceNotFound, match="does not say its version, but: a game"):
        browser.describe()
