"""The page's own benchmark: the same protocol by a button, and a record that Python reads."""

import json
import shutil

import pytest

from irrvit.benchmark.browser.page_server import PageServer, built_page
from irrvit.benchmark.results import store, validity

PATIENCE_MS = 120_000
MODEL = "models/irrvit_fashion-tflite-fp32"


@pytest.fixture
def server():
    server = PageServer(built_page(), address=("127.0.0.1", 0))
    yield server
    server.close()


@pytest.fixture
def page(chromium, server):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{server.url}?benchmark=irrvit_fashion")
    yield page
    page.close()


def saved(page, path):
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the measurement").click()
    download.value.save_as(path)
    loaded = store.load(path)
    assert loaded.damaged == []
    (measurement,) = loaded.measurements
    return measurement


def test_a_network_is_measured_and_python_reads_the_record(page, tmp_path):
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("done", exact=True).wait_for(timeout=PATIENCE_MS)
    measurement = saved(page, tmp_path / "saved.jsonl")
    assert (measurement.variant, measurement.target) == ("irrvit_fashion", "tflite")
    assert measurement.golden.passed
    assert measurement.placement.accelerator == measurement.config.accelerator == "cpu"
    assert len(measurement.repeats) == 8
    for repeat in measurement.repeats:
        assert len(repeat.latencies_ms) >= 50
        assert sum(repeat.latencies_ms) >= 1000
    wrong = {"wrong-output", "unchecked-output", "fell-back", "too-few-samples"}
    assert wrong & {issue.code for issue in validity.check(measurement)} == set()


def test_nothing_can_be_pressed_before_the_networks_are_known(chromium, server):
    page = chromium.new_page()
    held = []
    page.route("**/models.json", lambda route: held.append(route))
    page.goto(f"{server.url}?benchmark=irrvit_fashion")
    page.get_by_text("Loading the networks").wait_for()
    assert page.get_by_role("button").count() == 0
    (route,) = held
    route.continue_()
    page.get_by_role("button", name="Measure").wait_for()
    page.close()


def test_a_page_without_its_networks_says_so(chromium, server):
    server.extra["/models/models.json"] = b'{"models": []}'
    page = chromium.new_page()
    page.goto(f"{server.url}?benchmark=irrvit_fashion")
    page.get_by_text("the page was built with no network; build it anew").wait_for()
    page.close()


def test_what_was_measured_until_a_stop_is_kept(page, tmp_path):
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("repeat 2 of 8").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("stopped", exact=True).wait_for(timeout=PATIENCE_MS)
    measurement = saved(page, tmp_path / "saved.jsonl")
    assert measurement.interrupted
    assert 1 <= len(measurement.repeats) < 8


def test_a_damaged_network_is_not_measured(page, server, model_address):
    (file,) = (built_page() / MODEL).glob("*.tflite")
    server.extra[model_address(MODEL)] = file.read_bytes()[:-1] + b"?"
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("is damaged or another file than its manifest describes").wait_for()
    assert page.get_by_role("link", name="Save the measurement").count() == 0
    assert page.get_by_role("button", name="Measure").is_enabled()


def test_a_network_of_an_unknown_target_is_refused_in_a_sentence(chromium, server):
    manifest = json.loads((built_page() / MODEL / "manifest.json").read_text())
    changed = json.dumps(manifest | {"target": "coreml"}).encode()
    server.extra[f"/{MODEL}/manifest.json"] = changed
    page = chromium.new_page()
    page.goto(f"{server.url}?benchmark=irrvit_fashion")
    page.get_by_role("button", name="Measure").click()
    page.get_by_text('no runtime here runs "coreml" files: expected tflite or onnx').wait_for()
    page.close()


def test_a_page_without_isolation_has_one_thread_and_times_calls_together(chromium, tmp_path):
    shutil.copytree(built_page(), tmp_path / "dist")
    (tmp_path / "headers.json").write_text("{}")
    server = PageServer(tmp_path / "dist", address=("127.0.0.1", 0))
    page = chromium.new_page()
    try:
        page.goto(f"{server.url}?benchmark=irrvit_fashion")
        page.locator("input[name=threads][max='1']").wait_for()
        page.get_by_role("button", name="Measure").click()
        page.get_by_text("repeat 2 of 8").wait_for(timeout=PATIENCE_MS)
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("stopped", exact=True).wait_for(timeout=PATIENCE_MS)
        # Its clock has steps of 0.1 ms, and a call takes about one millisecond.
        assert saved(page, tmp_path / "saved.jsonl").repeats[0].calls_per_value > 1
    finally:
        page.close()
        server.close()
