"""On a real cluster of several nodes: the same files, whatever happens to nodes and processes."""

import json
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from irrvit.export.command.options import ExportOptions
from irrvit.export.errors import BadOption
from irrvit.export.sweep import cluster
from irrvit.export.sweep.here import Here
from irrvit.export.sweep.sweep import each_network, sweep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("ray", "onnx", "onnxruntime", "onnxscript"),
]
NETWORKS = ["irrvit_tiny", "irrvit_fashion"]
OPTIONS = ExportOptions("", targets=("onnx",))
PATIENCE_S = 180


def quiet(name, stage):
    pass


@pytest.fixture(scope="module")
def nodes():
    """A head that computes nothing, and a node with a core for each network."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    system = {"worker_niceness": 0, "health_check_period_ms": 500, "health_check_timeout_ms": 500}
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": system})
    nodes.add_node(num_cpus=2)
    ray.init(address=nodes.address, log_to_driver=False)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


@pytest.fixture
def place(nodes):
    from irrvit.export.sweep.on_ray import OnRay

    with cluster.connected("ray") as ray:
        yield OnRay(ray)


def files(folder):
    """Each file's content, of manifests all but the date."""
    contents = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != ".lock":
            content = path.read_bytes()
            if path.name == "manifest.json":
                content = json.loads(content)
                content.pop("created_utc")
            contents[path.relative_to(folder).as_posix()] = content
    return contents


def exporting():
    """The processes that export a network now, of the cluster that this process started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_export = (folder / "cmdline").read_bytes().startswith(b"ray::fulfil")
            if is_export and os.getpid() in ancestors(int(folder.name)):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def ancestors(pid):
    """The parent of a process, the parent's, and so on."""
    while pid > 1:
        words = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
        pid = int(words[1])
        yield pid


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_files_and_manifests_are_those_of_one_after_the_other(place, tmp_path):
    local = each_network(replace(OPTIONS, out=tmp_path / "here"), NETWORKS)
    remote = each_network(replace(OPTIONS, out=tmp_path / "ray"), NETWORKS)
    assert [one.result.exit_code for one in sweep(local, Here(), quiet)] == [0, 0]
    done = list(sweep(remote, place, quiet))
    assert [one.result.exit_code for one in done] == [0, 0]
    assert all(one.host and one.seconds > 0 for one in done)
    assert files(tmp_path / "here") == files(tmp_path / "ray")
    assert len(files(tmp_path / "ray")) == 4

    again = list(sweep(remote, place, quiet))
    assert [(one.host, one.result.exit_code) for one in again] == [("", 0)] * 2


def test_a_network_that_cannot_be_exported_is_a_sentence_and_stops_no_other(place, tmp_path):
    each = each_network(replace(OPTIONS, out=tmp_path), ["timm:no_such_network", "irrvit_tiny"])
    done = {one.options.model: one.result for one in sweep(each, place, quiet)}
    assert "no_such_network" in next(iter(done["timm:no_such_network"].errors.values()))
    assert done["irrvit_tiny"].exit_code == 0


def test_work_that_raises_is_said_as_it_is_and_not_as_lost(place):
    def fail():
        raise ValueError("the reason")

    begun = cluster.task(place.ray, fail, memory=1).remote()
    ((_, said),) = cluster.answers(place.ray, [("work", begun)])
    assert said == "it failed with ValueError: the reason"


def test_a_process_that_is_killed_is_begun_once_more_and_then_reported(place, tmp_path):
    each = each_network(replace(OPTIONS, out=tmp_path), NETWORKS[:1])
    for kills, code in ((1, 0), (2, 2)):
        done = []
        each = [replace(options, force=True) for options in each]
        thread = threading.Thread(target=lambda: done.extend(sweep(each, place, quiet)))  # noqa: B023
        thread.start()
        killed = set()
        for _ in range(kills):
            (pid,) = wait_for(lambda: set(exporting()) - killed)  # noqa: B023
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        thread.join(PATIENCE_S)
        (one,) = done
        assert one.result.exit_code == code
    assert "lost 2 times" in one.result.errors["all"]
    assert (tmp_path / "irrvit_tiny" / "onnx-fp32" / "manifest.json").is_file()


def test_what_a_node_was_doing_when_it_went_away_is_done_by_another(nodes, place, tmp_path):
    going = nodes.add_node(num_cpus=2)
    each = each_network(
        replace(OPTIONS, out=tmp_path), [*NETWORKS, "irrvit_tiny+average", "irrvit_tiny+conv7"]
    )
    done = []
    thread = threading.Thread(target=lambda: done.extend(sweep(each, place, quiet)))
    thread.start()
    wait_for(lambda: len(exporting()) == 4)
    nodes.remove_node(going, allow_graceful=False)
    thread.join(2 * PATIENCE_S)
    assert [one.result.exit_code for one in done] == [0] * 4
    assert len(files(tmp_path)) == 8


def test_a_node_with_another_version_of_ours_is_refused(nodes, place, tmp_path):
    """Its Python finds a copy of our package in which a line was added."""
    import shutil

    root = Path(__file__).parents[3]
    for part in ("model", "benchmark"):
        (tmp_path / "other" / "irrvit").mkdir(parents=True, exist_ok=True)
        (tmp_path / "other" / "irrvit" / part).symlink_to(root / part)
    shutil.copytree(root / "export", tmp_path / "other" / "irrvit" / "export")
    with (tmp_path / "other" / "irrvit" / "export" / "pipeline.py").open("a") as file:
        file.write("# Another version.\n")
    other = nodes.add_node(num_cpus=1, env_vars={"PYTHONPATH": str(tmp_path / "other")})
    try:
        each = each_network(replace(OPTIONS, out=tmp_path / "out"), NETWORKS[:1])
        with pytest.raises(BadOption, match=r"has irrvit-mobile .*their files would differ"):
            list(sweep(each, place, quiet))
        assert not (tmp_path / "out").exists()
    finally:
        nodes.remove_node(other)


def test_pictures_in_shards_are_decided_as_by_one_process(place, tmp_path):
    """The two manifests are the same to the letter, with what is known of the pictures."""
    from irrvit.model.data.find import dataset_module

    if dataset_module("fashion-mnist").missing() is not None:
        pytest.skip("Fashion-MNIST is not here")
    options = replace(OPTIONS, evaluate="fashion-mnist")
    local = each_network(replace(options, out=tmp_path / "here"), NETWORKS[1:])
    remote = each_network(replace(options, out=tmp_path / "ray"), NETWORKS[1:])
    assert [one.result.exit_code for one in sweep(local, Here(), quiet)] == [0]
    assert [one.result.exit_code for one in sweep(remote, place, quiet)] == [0]
    assert files(tmp_path / "here") == files(tmp_path / "ray")
    (accuracy,) = files(tmp_path / "ray")["irrvit_fashion/onnx-fp32/manifest.json"]["accuracy"]
    assert accuracy["pictures"] == accuracy["same_decisions"] == 10_000
