"""`irrvit-bench --lab` on a real cluster, with phones that real adb servers know."""

import os
from dataclasses import replace

import pytest

from irrvit.benchmark.acts import in_lab
from irrvit.benchmark.acts.options import (
    CallOptions,
    DevicesOptions,
    FileOptions,
    MeasureOptions,
    RepeatOptions,
)
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.lab import hosts, offer, spool
from irrvit.benchmark.results import store
from irrvit.export import artifact

pytestmark = [pytest.mark.slow, pytest.mark.needs("ray", "adbutils", "onnx", "onnxruntime")]


def silent(name, stage):
    pass


@pytest.fixture
def ray():
    return pytest.importorskip("ray")


@pytest.fixture
def join(lab, ray, tmp_path, apk, monkeypatch):
    """A host joins with what it has; its phones are those of an adb server."""
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "irrvit.apk").hardlink_to(apk)

    def join(**env):
        with monkeypatch.context() as changed:
            changed.chdir(tmp_path)
            for name, value in env.items():
                changed.setenv(name, value)
            return lab.join(offer.resources(offer.offered()), **env)

    return join


@pytest.fixture
def options(artifact_folder, tmp_path):
    """Of a call that is soon over, on any phone that is a Pixel."""
    return MeasureOptions(
        files=FileOptions(artifacts=(artifact_folder,)),
        device=DevicesOptions(("pixel",), lab="127.0.0.1"),
        calls=CallOptions(timeout_s=60),
        repeats=RepeatOptions(iterations=5, repeats=1),
        store=tmp_path / "kept.jsonl",
    )


def kept(options):
    return store.load(options.store).measurements


def test_a_phone_and_its_host_are_measured_and_say_where(join, start_phone, own_server, options):
    start_phone()
    folder = join(ANDROID_ADB_SERVER_PORT=own_server.port)
    both = replace(options, device=replace(options.device, devices=("pixel", "host")))
    result = in_lab.measure(both, silent)
    assert result.failures == {}
    here = os.uname().nodename
    assert {(m.device.kind, m.host) for m in result.measurements} == {
        ("android", here),
        ("host", here),
    }
    assert sorted(kept(options), key=repr) == sorted(result.measurements, key=repr)
    (sent,) = (folder / "files").iterdir()
    assert artifact.open(sent).manifest.model == "irrvit_tiny"


def test_a_phone_that_was_unplugged_is_said(join, start_phone, own_server, options):
    phone = start_phone()
    join(ANDROID_ADB_SERVER_PORT=own_server.port)
    phone.set(unplug_after=0)
    result = in_lab.measure(options, silent)
    assert result.measurements == []
    assert "no device of the lab is called 'pixel'" in result.failures["pixel"]


def test_what_is_measured_is_in_the_store_once_whenever_a_call_is_cut_off(
    join, start_phone, own_server, options, monkeypatch, wait_for
):
    start_phone()
    folder = join(ANDROID_ADB_SERVER_PORT=own_server.port)

    def on_the_host():
        return list((folder / "kept").rglob("*.json"))

    def die(*_):
        raise SystemExit

    # Before anything that arrived is in the store.
    with monkeypatch.context() as cut_off:
        cut_off.setattr(in_lab, "_take", die)
        with pytest.raises(SystemExit):
            in_lab.measure(options, silent)
    assert not options.store.exists()
    assert len(on_the_host()) == 1
    (sent,) = (folder / "files").glob("*/manifest.json")
    first = sent.stat()

    # Before the host knows that it arrived; what was left is collected.
    said = []
    with monkeypatch.context() as cut_off:
        cut_off.setattr(in_lab, "_forget", lambda *_: None)
        result = in_lab.measure(options, lambda name, stage: said.append(stage))
    assert [stage for stage in said if "measured earlier had not arrived" in stage] != []
    assert kept(options) == result.measurements
    assert len({m.run_id for m in kept(options)}) == len(on_the_host()) == 2
    assert sent.stat() == first  # Nor was the file sent again.

    assert collect(options).measurements == []
    assert len(kept(options)) == 2
    wait_for(lambda: not on_the_host())


def collect(options):
    """A call that only collects."""
    nowhere = replace(options, device=replace(options.device, devices=("nokia",)))
    return in_lab.measure(nowhere, silent)


def test_what_is_kept_damaged_is_said_and_stops_nothing(join, start_phone, own_server, options):
    start_phone()
    folder = join(ANDROID_ADB_SERVER_PORT=own_server.port)
    of_store = folder / "kept" / spool.name_of(options.store)
    of_store.mkdir(parents=True)
    (of_store / "damaged.json").write_text("{")
    failures = collect(options).failures
    assert set(failures) == {f"{os.uname().nodename}, damaged.json", "nokia"}
    assert "what was kept there cannot be read" in failures[f"{os.uname().nodename}, damaged.json"]


def test_a_host_with_another_version_of_ours_is_refused(
    join, start_phone, own_server, options, monkeypatch
):
    start_phone()
    join(ANDROID_ADB_SERVER_PORT=own_server.port)
    monkeypatch.setattr(hosts, "ours", lambda: "0.0.9 (code 1234)")
    result = in_lab.measure(options, silent)
    assert result.measurements == []
    assert "this machine has 0.0.9 (code 1234)" in result.failures[os.uname().nodename]
    assert "it has none" in result.failures["pixel"]


def test_a_host_that_can_keep_nothing_says_so(join, start_phone, own_server, options):
    start_phone()
    join(ANDROID_ADB_SERVER_PORT=own_server.port, IRRVIT_LAB="/proc/nothing")
    (sentence,) = in_lab.measure(options, silent).failures.values()
    assert "this host cannot keep the files" in sentence
    assert not options.store.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"device": DevicesOptions(lab="127.0.0.1", own={"clean": True})},
            "leave --clean out with --lab",
        ),
        ({"files": FileOptions(runtimes=("torch",))}, "--runtime torch runs a network"),
        ({"device": DevicesOptions(lab="a b")}, "a lab cannot be at 'a b'"),
    ],
)
def test_what_makes_no_sense_in_a_lab_is_refused(options, changes, said):
    with pytest.raises(BadOptions, match=said):
        in_lab.measure(replace(options, **changes), silent)
