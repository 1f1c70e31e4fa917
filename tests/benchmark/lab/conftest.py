"""A lab on a real Ray cluster of this machine, whose nodes are its hosts."""

from __future__ import annotations

import os
import runpy
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

PATIENCE_S = 120
_LAB_HEAD = Path(__file__).parents[2] / "lab_head.py"


class Lab:
    """The cluster; `join` makes a host of it, which has a folder of its own."""

    def __init__(self, ray, cluster, root):
        self._ray, self._cluster, self._root, self._nodes = ray, cluster, root, {}

    def join(self, resources, **env):
        """Return the folder of the new host."""
        folder = self._root / f"host{len(self._nodes) + 1}"
        self._nodes[folder] = self._cluster.add_node(
            num_cpus=0, resources=resources, env_vars={"IRRVIT_LAB": str(folder)} | env
        )
        return folder

    def node(self, folder):
        """What a host is called in Ray."""
        return self._nodes[folder].node_id

    def kill(self, folder):
        """As when a host loses power."""
        self._cluster.remove_node(self._nodes[folder], allow_graceful=False)

    def end(self):
        for node in self._nodes.values():
            if node in self._cluster.list_all_nodes():
                self._cluster.remove_node(node, allow_graceful=False)
        while len([node for node in self._ray.nodes() if node["Alive"]]) > 1:
            time.sleep(0.1)


@pytest.fixture(scope="module")
def cluster():
    """Its head has no device and computes nothing."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_AUTH_MODE"] = "disabled"  # Whoever connects would ask for a token later on.
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    system = {"worker_niceness": 0, "health_check_period_ms": 500, "health_check_timeout_ms": 500}
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": system}
    )
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def lab(cluster, tmp_path):
    lab = Lab(pytest.importorskip("ray"), cluster, tmp_path)
    yield lab
    lab.end()


@pytest.fixture
def in_background():
    """Do something beside the test, which gets what it returned when it asks for it."""
    with ThreadPoolExecutor() as threads:
        yield lambda act: threads.submit(act).result


@pytest.fixture
def wait_for():
    def wait_for(condition):
        end = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            assert time.monotonic() < end
            time.sleep(0.1)
        return found

    return wait_for


@pytest.fixture
def offered():
    """A function of a kind, a model and a serial: such a device."""
    from irrvit.benchmark.lab.offer import Offered

    def offered(kind="android", model="Pixel 8", serial=""):
        return Offered(
            kind=kind,
            model=model,
            serial=serial,
            soc="a chip",
            os="a system",
            abi="arm64-v8a",
            runtimes={"onnx": ("onnxruntime",)},
            accelerators=("cpu",),
            is_apart=kind != "host",
        )

    return offered


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    assert "IRRVIT_LAB" not in os.environ
    monkeypatch.setenv("IRRVIT_LAB", str(tmp_path / "own"))


@pytest.fixture
def lab_head(bench, tmp_path):
    """`irrvit-bench lab head` of this machine alone."""
    head = runpy.run_path(str(_LAB_HEAD))["LabHead"](bench, tmp_path)
    yield head
    head.end()
