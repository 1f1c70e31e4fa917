"""`irrvit-bench --device iphone`, whole: down to the app's own worker, as Swift compiled it."""

from __future__ import annotations

import json
import socket
import subprocess
import time

import pytest

from irrvit.benchmark.iphone import device as iphone_device
from irrvit.benchmark.results import store
from irrvit.benchmark.run import workload

pytestmark = pytest.mark.needs("coremltools")


def test_a_file_is_measured_on_the_iphone(iphone, app, bench, fashion, tmp_path):
    command = (fashion, "--device", "iphone", "--accelerator", "npu", "--store", "kept.jsonl")
    done = bench(*command, "--json")
    assert done.returncode == 0, done.stderr
    (printed,) = json.loads(done.stdout)["measurements"]
    (measurement,) = store.load(tmp_path / "kept.jsonl").measurements
    assert printed["measurement"] == measurement.model_dump(mode="json")
    assert printed["valid"]
    assert (measurement.golden.cases, measurement.golden.failures) == (6, ())
    # The same interpreter plays Core ML there and runs the file here: not one bit is lost between.
    assert measurement.host_parity is not None
    assert (measurement.host_parity.max_rel, measurement.host_parity.same_decisions) == (0.0, 6)
    assert measurement.placement.nodes_on == {"npu": 104}
    assert (measurement.device.kind, measurement.device.emulated) == ("iphone", True)
    assert measurement.repeats == ()  # A latency of this device is nobody's.
    assert [issue["code"] for issue in printed["issues"]] == ["emulated"]
    assert (measurement.before.thermal_status, measurement.before.is_low_power) == ("none", False)
    assert set(app.files) == {
        f"{measurement.artifact_sha256}.mlpackage/{path.relative_to(package).as_posix()}"
        for package in fashion.glob("*.mlpackage")
        for path in package.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("what", ["cable", "app"])
def test_the_command_says_what_went_and_keeps_what_was_measured(
    command, iphone, app, fashion, tmp_path, monkeypatch, what
):
    monkeypatch.setattr(iphone_device, "_RETURN_S", 1.0)
    monkeypatch.setattr(workload, "LINEAR_SIZE", 32)  # The interpreter takes minutes for the real.
    real, opened = iphone_device.IPhoneDevice.open, []

    def open(self, path, config):
        opened.append(path)
        if len(opened) == 3:  # The network and the peak were opened once: a repeat is whole.
            iphone.set(plugged=False) if what == "cable" else app.kill()
        return real(self, path, config)

    monkeypatch.setattr(iphone_device.IPhoneDevice, "open", open)
    words = ("--device", "iphone", "--iterations", 5, "--repeats", 3, "--store", "kept.jsonl")
    code, _, errors = command(fashion, *words)
    assert code == 2
    sentence = "is its cable loose?" if what == "cable" else "open the app on it"
    assert sentence in errors
    assert "did not come back within 1 s" in errors
    (measurement,) = store.load(tmp_path / "kept.jsonl").measurements
    assert measurement.interrupted
    assert len(measurement.repeats) == 1
    assert measurement.golden.passed


def test_it_is_listed_beside_the_other_devices(iphone, bench):
    done = bench("devices", "--json")
    assert done.returncode == 0
    kinds = {row["kind"]: row for row in json.loads(done.stdout)["devices"]}
    assert kinds["iphone"]["name"] == f"played iPhone ({iphone.serials[0]})"
    assert kinds["iphone"]["state"] == "ready"
    assert "host" in kinds


def test_debians_clients_accept_the_played_daemon(iphone, app):
    done = subprocess.run(["idevice_id", "-l"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [iphone.serials[0]]


def test_debians_client_carries_the_apps_port_here(iphone, app):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(["iproxy", str(port), "7071"], stdout=subprocess.PIPE) as proxy:
        try:
            with _connect(port) as connection:
                connection.sendall(b'{"do": "hello"}\n')
                said = json.loads(connection.makefile("rb").readline())
        finally:
            proxy.terminate()
    assert (said["kind"], said["protocol"]) == ("iphone", 1)


def _connect(port: int) -> socket.socket:
    end = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
