"""Phones that a host let in by a QR code are devices of its lab."""

from __future__ import annotations

import os
import runpy
import socket
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from irrvit.benchmark.acts import in_lab, lab
from irrvit.benchmark.acts.lab_options import LabOptions
from irrvit.benchmark.acts.options import (
    CallOptions,
    DevicesOptions,
    FileOptions,
    MeasureOptions,
    RepeatOptions,
)
from irrvit.benchmark.errors import BenchmarkError
from irrvit.benchmark.lab import offer
from irrvit.benchmark.remote_browser import device, server
from irrvit.benchmark.remote_browser.options import Options
from irrvit.benchmark.results import store

_PLAYED = Path(__file__).parents[1] / "remote_browser" / "played.py"
PlayedPage = runpy.run_path(str(_PLAYED))["PlayedPage"]


@pytest.fixture
def let_in(tmp_path, monkeypatch, capfd):
    """Phones are there, and somebody types the code of each; yields their pages."""
    (tmp_path / "headers.json").write_text("{}")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("the page")
    monkeypatch.setattr(server, "built_page", lambda: tmp_path / "dist")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reads, writes = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(reads))
    pages: list = []

    def come(count):
        seen = ""
        while len(pages) < count:
            seen += capfd.readouterr().err
            shown = [word for word in seen.split() if word.startswith("https://")]
            if len(shown) == len(pages):
                time.sleep(0.05)
                continue
            pages.append(PlayedPage(shown[-1]))
            os.write(writes, f"{pages[-1].pair()}\n".encode())
            pages[-1].start()

    @contextmanager
    def let_in(count):
        threading.Thread(target=come, args=(count,), daemon=True).start()
        with monkeypatch.context() as there:
            there.chdir(tmp_path)
            with device.let_in(count, Options(address="127.0.0.1", port=port)):
                yield pages

    yield let_in
    for page in pages:
        page.stop()


@pytest.mark.needs("segno")
def test_each_phone_that_was_let_in_is_offered(let_in, monkeypatch):
    with let_in(2) as pages:
        assert [page.parts.port for page in pages] == [pages[0].parts.port, pages[0].parts.port + 1]
        found = [one for one in offer.offered() if one.kind == "remote-browser"]
        assert len({one.serial for one in found}) == 2
        assert {one.model for one in found} == {
            "Safari 18.5 on iPhone; CPU iPhone OS 18_5 like Mac OS X"
        }
        assert all(one.is_apart for one in found)
        assert set(found[0].accelerators) == {"cpu", "gpu"}
        assert offer.resources(found)[found[0].resource] == 2
    assert [one for one in offer.offered() if one.kind == "remote-browser"] == []


@pytest.mark.slow
@pytest.mark.needs("segno", "ray", "onnx", "onnxruntime")
def test_a_lab_measures_on_the_phone_in_front_of_a_host(
    let_in, lab, artifact_folder, tmp_path, monkeypatch
):
    options = MeasureOptions(
        files=FileOptions(artifacts=(artifact_folder,)),
        device=DevicesOptions(("iphone",), lab="127.0.0.1"),
        calls=CallOptions(timeout_s=60),
        repeats=RepeatOptions(iterations=5, repeats=1),
        store=tmp_path / "kept.jsonl",
    )
    with monkeypatch.context() as at_host:
        at_host.setenv("IRRVIT_LAB", str(tmp_path / "host1"))
        with let_in(1) as (page,):
            assert lab.join(offer.resources(offer.offered())) == tmp_path / "host1"
            at_host.undo()
            result = in_lab.measure(options, lambda name, stage: None)
            assert result.failures == {}
            (measurement,) = store.load(options.store).measurements
            assert (measurement.device.kind, measurement.host) == (
                "remote-browser",
                os.uname().nodename,
            )
            assert measurement.golden.cases > 0
            assert measurement.golden.passed
            # It is free again.
            assert in_lab.measure(options, lambda name, stage: None).failures == {}
            page.close()
            result = in_lab.measure(options, lambda name, stage: None)
            assert "no device of the lab is called 'iphone'" in result.failures["iphone"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (LabOptions("devices", "x", let_in=1), "leave --let-in out: lab head and lab join keep"),
        (LabOptions("leave", let_in=1), "lab got 'leave'"),
        (LabOptions("head", phones=Options(port=9000)), "are about phones: add --let-in N"),
        (LabOptions("head", let_in=1, phones=Options(port=6379)), "port 6379 is the lab's own"),
        (LabOptions("head", let_in=9, phones=Options(port=9995)), "port 10001 is the lab's own"),
        (LabOptions("head", let_in=2, phones=Options(port=65535)), "2 phones take as many ports"),
        (LabOptions("join", "192.0.2.200:1", let_in=1), "no head of a lab is at 192.0.2.200:1"),
    ],
)
def test_what_nobody_uses_is_refused(options, said):
    with pytest.raises(BenchmarkError, match=said):
        lab.run(options, lambda name, stage: None)
