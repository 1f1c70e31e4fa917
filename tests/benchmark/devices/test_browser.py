"""A browser is a device by its name, whatever its version; `tests/web` runs files in a real one."""

import pytest

from irrvit.benchmark.devices import browser


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A PATH with nothing but a browser that says this of its version."""

    def install(name, said):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho '{said}'\n")
        path.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    return install


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("chromium", "Chromium 156.0.8078.79 built on Debian 12", "Chromium 156.0.8078.79 on "),
        ("google-chrome", "Google Chrome 131.0.6778.85 ", "Chrome 131.0.6778.85 on "),
    ],
)
def test_a_browser_is_called_by_its_name_and_version(installed, name, said, expected):
    installed(name, said)
    info = browser.describe()
    assert info.name.startswith(expected)
    assert (info.kind, info.emulated) == ("browser", False)


def test_another_version_of_a_browser_is_the_same_device_and_another_browser_is_not(installed):
    hashes = []
    for said in ("Chromium 1.0", "Chromium 2.0", "Chrome 2.0"):
        installed("chromium", said)
        hashes.append(browser.describe().id_hash)
    assert hashes[0] == hashes[1] != hashes[2]
