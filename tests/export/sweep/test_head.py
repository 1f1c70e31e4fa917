"""A cluster that was started by hand: what was done when its head goes away is kept."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.needs("ray", "onnx", "onnxruntime", "onnxscript")]
PATIENCE_S = 180


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture
def head(tmp_path):
    """Starts a head with one core on a port of its own; ends what is left of it."""
    port, client = free_ports(2)
    started = []
    environment = os.environ | {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_worker_niceness": "0",
    }

    def start():
        command = [Path(sys.executable).with_name("ray"), "start", "--head", "--block"]
        command += ["--port", str(port), "--ray-client-server-port", str(client)]
        command += ["--num-cpus", "1", "--include-dashboard", "false"]
        command += ["--min-worker-port", "0", "--max-worker-port", "0"]
        log = (tmp_path / "head.log").open("ab")
        started.append(
            subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        )
        log.close()
        return started[-1], f"ray://127.0.0.1:{client}"

    yield start
    for one in started:
        end(one)


def end(process):
    """As when a machine loses power: nothing of its session says goodbye."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == process.pid:
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue
    process.wait()


def export(where, out):
    command = [Path(sys.executable).with_name("irrvit-export"), "--target", "onnx", "--out", out]
    command += ["--models", "irrvit_tiny", "--models", "irrvit_fashion", "--on", where]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_came_back_before_the_head_went_away_is_kept_and_not_done_again(head, tmp_path):
    process, where = head()
    exporting = export(where, tmp_path / "out")
    first = tmp_path / "out" / "irrvit_tiny" / "onnx-fp32" / "manifest.json"
    begun = time.monotonic()
    while not first.exists():
        assert exporting.poll() is None, exporting.communicate()
        assert time.monotonic() - begun < PATIENCE_S
        time.sleep(0.1)
    kept = first.read_bytes()
    end(process)
    _, said = exporting.communicate(timeout=PATIENCE_S)
    assert exporting.returncode == 2, said
    assert "Traceback" not in said
    assert "the same command goes on from there" in said

    _, where = head()
    again = export(where, tmp_path / "out")
    told, said = again.communicate(timeout=2 * PATIENCE_S)
    assert again.returncode == 0, said
    assert first.read_bytes() == kept
    assert "2 of 2 networks" in told
    assert "known" in told


def test_a_head_that_is_not_there_is_a_sentence(tmp_path):
    (port,) = free_ports(1)
    done = export(f"ray://127.0.0.1:{port}", tmp_path)
    _, said = done.communicate(timeout=PATIENCE_S)
    assert done.returncode == 2
    assert len(said.strip().splitlines()) == 1
    assert "no Ray cluster answers" in said
