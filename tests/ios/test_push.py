"""Packages on their way to an iPhone: once, whole, and on from where a cable was pulled."""

from __future__ import annotations

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import RunConfig

pytestmark = pytest.mark.needs("coremltools")
QUICK = RunConfig(runtime="coreml", accelerator="npu")


@pytest.fixture
def found(iphone, app):
    return kinds.find("iphone")


def test_a_cable_that_is_pulled_while_a_file_is_sent_goes_on_where_it_stopped(
    iphone, app, found, fashion
):
    """The link reports what passed; the phone keeps it, and only the rest is sent again."""
    (package,) = fashion.glob("*.mlpackage")
    iphone.set(unplug_after=250_000)
    with pytest.raises(DeviceLost, match="is its cable loose"):
        found.open(str(package), QUICK)
    (begun,) = [path for name, path in app.files.items() if "/." in name]
    assert 0 < begun.stat().st_size <= 250_000
    passed = begun.stat().st_size
    iphone.set(plugged=True)
    # Less than the whole passes now: it would not arrive if it began anew.
    iphone.set(unplug_after=420_000 - passed + 20_000)
    found.open(str(package), QUICK).close()
    assert not [name for name in app.files if "/." in name]


def test_nothing_is_sent_twice_and_clean_removes_it(iphone, app, found, fashion):
    (package,) = fashion.glob("*.mlpackage")
    found.open(str(package), QUICK).close()
    sent = {name: path.stat().st_mtime_ns for name, path in app.files.items()}
    found.open(str(package), QUICK).close()
    assert {name: path.stat().st_mtime_ns for name, path in app.files.items()} == sent
    left = app.folder / "pushed/old.mlpackage"
    left.write_bytes(b"left by an earlier run")
    kinds.find("iphone", {"clean": True}).open(str(package), QUICK).close()
    assert not left.exists()


def test_a_damaged_package_is_said_in_the_words_of_its_runtime(found, tmp_path):
    package = tmp_path / "broken.mlpackage"
    package.mkdir()
    (package / "Manifest.json").write_text("no package")
    with pytest.raises(CommandFailed, match=r"its runtime says: .*mlpackage cannot be loaded: "):
        found.open(str(package), QUICK)


def test_a_package_that_went_meanwhile_is_said(found, tmp_path):
    with pytest.raises(CommandFailed, match=r"cannot read .*gone\.mlpackage: No such file"):
        found.open(str(tmp_path / "gone.mlpackage"), QUICK)


def test_what_the_app_has_under_a_name_that_is_not_its_own_is_refused(app, found, fashion):
    (package,) = fashion.glob("*.mlpackage")
    found.open(str(package), QUICK).close()
    first = next(iter(app.files.values()))
    first.with_name("foreign.bin").write_bytes(b"of somebody else")
    with pytest.raises(CommandFailed, match=r"is not what was sent .*run this again with --clean"):
        found.open(str(package), QUICK)
