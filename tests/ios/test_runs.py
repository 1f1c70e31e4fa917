"""What goes wrong with an iPhone while it measures: the run goes on, or ends and loses nothing."""

from __future__ import annotations

import json
import shutil
import threading
import time
from functools import partial

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.select import from_paths
from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.iphone import device as iphone_device
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.results import validity
from irrvit.benchmark.results.rows import MeasureResult
from irrvit.benchmark.run import rounds, workload

pytestmark = pytest.mark.needs("coremltools")
QUICK = RunConfig(
    runtime="coreml",
    accelerator="npu",
    iterations=5,
    seconds=0.3,
    repeats=2,
    warmup_s=0,
    settle_s=0,
)


@pytest.fixture(autouse=True)
def _small_peak(monkeypatch):
    """The interpreter takes minutes for the layer that a phone does in a moment."""
    monkeypatch.setattr(workload, "LINEAR_SIZE", 32)


@pytest.fixture
def found(iphone, app):
    return kinds.find("iphone")


def measure(found, folder, config=QUICK, notify=lambda name, stage: None):
    subjects = from_paths([folder], found.RUNTIMES).subjects
    assert len(subjects) == 1
    return rounds.run(found, subjects, config, notify)


def once(stage, act):
    """Do something in the background when a run says that it is at this stage."""
    done = []

    def notify(name, said):
        if stage in said and not done:
            done.append(said)
            threading.Thread(target=act).start()

    return notify


def keep(said, *others):
    def notify(name, stage):
        said.append(stage)
        for other in others:
            other(name, stage)

    return notify


def test_it_is_timed_by_the_whole_protocol_and_its_latency_is_nobodys(found, fashion):
    (measurement,) = measure(found, fashion).measurements
    assert measurement.golden.passed
    assert measurement.golden.cases == 6
    assert all(sum(repeat.latencies_ms) >= 300 for repeat in measurement.repeats)
    assert len(measurement.repeats) == 2
    assert measurement.repeats_share_process
    assert measurement.placement.nodes_on == {"npu": 104}
    assert measurement.energy is not None
    assert measurement.energy.source.startswith("not available: its cable feeds an iPhone")
    assert (measurement.peak_memory_bytes or 0) > 1e6
    assert measurement.peak_gmacs is not None
    issues = {issue.code: issue.blocking for issue in validity.check(measurement)}
    assert issues["emulated"]
    assert not issues["one-process"]
    assert not issues["load-unknown"]
    # The same interpreter plays every unit: on a real one that would be a finding.
    assert issues["equals-cpu"]


def test_where_the_runtime_chooses_nothing_is_a_fallback(found, fashion):
    config = QUICK.model_copy(update={"accelerator": "all", "repeats": 1})
    (measurement,) = measure(found, fashion, config).measurements
    assert measurement.golden.equals_cpu is None
    assert {"fell-back", "equals-cpu"}.isdisjoint(i.code for i in validity.check(measurement))


# The cable.


def test_a_cable_that_is_pulled_while_it_measures_costs_nothing(iphone, found, fashion):
    def pull_and_plug_in():
        time.sleep(0.3)
        iphone.set(plugged=False)
        time.sleep(2)
        iphone.set(plugged=True)

    said = []
    config = QUICK.model_copy(update={"seconds": 1.0})
    notify = keep(said, once("repeat 2", pull_and_plug_in))
    outcome = measure(found, fashion, config, notify)
    (measurement,) = outcome.measurements
    assert outcome.failures == {}
    assert any("is gone: is its cable loose?" in stage for stage in said)
    assert len(measurement.repeats) == 2
    assert all(sum(repeat.latencies_ms) >= 1000 for repeat in measurement.repeats)
    assert measurement.golden.passed
    assert not measurement.interrupted


def test_a_cable_that_stays_out_keeps_what_was_measured(iphone, found, fashion, monkeypatch):
    monkeypatch.setattr(iphone_device, "_RETURN_S", 1.0)
    pull = once("repeat 2", lambda: iphone.set(plugged=False))
    outcome = measure(found, fashion, notify=pull)
    (measurement,) = outcome.measurements
    assert any("it did not come back within 1 s" in text for text in outcome.failures.values())
    assert MeasureResult([], outcome.failures).exit_code == 2
    assert len(measurement.repeats[0].latencies_ms) >= 5
    assert measurement.interrupted


def test_a_slow_cable_only_takes_longer(iphone, found, fashion):
    iphone.set(bytes_per_s=4e6)
    outcome = measure(found, fashion, QUICK.model_copy(update={"repeats": 1}))
    assert outcome.failures == {}
    assert outcome.measurements[0].golden.passed


# The app.


def test_an_app_that_is_killed_is_said_and_what_was_measured_is_kept(
    app, found, fashion, monkeypatch
):
    monkeypatch.setattr(iphone_device, "_RETURN_S", 1.0)
    said = []
    config = QUICK.model_copy(update={"seconds": 1.0})
    kill = once("repeat 2", lambda: (time.sleep(0.4), app.kill()))
    outcome = measure(found, fashion, config, keep(said, kill))
    (measurement,) = outcome.measurements
    assert any("ended or left the screen" in stage for stage in said)
    assert any("nobody answers on iPhone" in stage for stage in said)
    assert any("did not come back within 1 s" in text for text in outcome.failures.values())
    assert len(measurement.repeats) == 1
    assert measurement.interrupted


def test_an_app_that_is_opened_again_goes_on(iphone, app, found, fashion):
    def restart():
        time.sleep(0.3)
        app.kill()
        iphone.set(app_port=app.start())

    config = QUICK.model_copy(update={"seconds": 1.0})
    outcome = measure(found, fashion, config, once("repeat 2", restart))
    assert outcome.failures == {}
    (measurement,) = outcome.measurements
    assert len(measurement.repeats) == 2
    assert not measurement.interrupted


def test_a_file_whose_loading_ends_the_app_is_the_one_that_failed(app, found, fashion, monkeypatch):
    monkeypatch.setattr(iphone_device, "_RETURN_S", 0.5)
    real = iphone_device.AppProcess

    def load(link, path, config):
        app.kill()
        return real(link, path, config)

    monkeypatch.setattr(iphone_device, "AppProcess", load)
    (package,) = fashion.glob("*.mlpackage")
    with pytest.raises(CommandFailed, match="loading the file ended its process") as caught:
        found.open(str(package), QUICK)
    assert not isinstance(caught.value, DeviceLost)


def test_an_app_that_goes_to_the_background_is_given_up_after_its_time(iphone, found, fashion):
    (package,) = fashion.glob("*.mlpackage")
    process = found.open(str(package), QUICK.model_copy(update={"timeout_s": 1.0}))
    iphone.set(asleep=True)
    try:
        with pytest.raises(CommandFailed, match="did not answer within 1 s"):
            process.time(1)
    finally:
        iphone.set(asleep=False)
        process.close()


# Heat, and what is only strange.


def test_an_iphone_that_slows_down_is_waited_for_and_watched(app, found, fashion, monkeypatch):
    monkeypatch.setattr("irrvit.benchmark.run.conditions._WATCH_S", 0.0)
    app.says(thermal_status="severe")
    said = []
    cool = once("waiting: it slows itself down", partial(app.says, thermal_status="fair"))
    warm = once("repeat 2", partial(app.says, thermal_status="severe", is_low_power=True))
    outcome = measure(found, fashion, notify=keep(said, cool, warm))
    (measurement,) = outcome.measurements
    assert any("waiting: it slows itself down against heat" in stage for stage in said)
    assert measurement.before.thermal_status == "fair"
    assert {state.thermal_status for state in measurement.during} == {"fair", "severe"}
    issues = {issue.code: issue for issue in validity.check(measurement)}
    assert "slowed itself down (status 'severe')" in issues["throttled"].detail
    assert not issues["low-power"].blocking


def test_a_model_with_a_strange_name_is_only_strange(found, fashion, tmp_path):
    folder = tmp_path / "a; rm -rf $HOME"
    shutil.copytree(fashion, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"model": "`id`; \u202e..//é"}))
    (measurement,) = measure(found, folder, QUICK.model_copy(update={"repeats": 1})).measurements
    assert measurement.golden.passed
