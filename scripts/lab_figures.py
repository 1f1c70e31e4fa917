"""Measures what more machines are worth: figures and the plot of docs/lab.md.

    python scripts/lab_figures.py sweep OUT.json      20 networks: here, on Ray, on 1 and 2 nodes
    python scripts/lab_figures.py devices OUT.json --store STORE    100 simulated devices
    python scripts/lab_figures.py plot OUT.json docs/lab.png

Each adds to OUT.json what it measured. Run nothing else meanwhile. `sweep` holds every file and
manifest (dates aside) against those of one network after the other, and fails if one differs.
`devices` sleeps as long as each measurement in STORE took, on devices that Ray gives out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NETWORKS = (
    *("irrvit_tiny", "irrvit_fashion", "timm:ghostnet_050", "timm:mnasnet_small"),
    *(f"timm:lcnet_{width}" for width in ("035", "050", "075", "100")),
    *(f"timm:mobilenetv3_small_{width}" for width in ("050", "075", "100")),
    *(f"timm:mobilenetv4_conv_small_{width}" for width in ("035", "050")),
    *(f"timm:mobilenetv2_{width}" for width in ("035", "050")),
    *(f"timm:tinynet_{size}" for size in "cde"),
    *("timm:semnasnet_050", "timm:test_efficientnet"),
)
DEVICES, HOSTS, JOBS = 100, 4, 10
_SYSTEM = {"worker_niceness": 0}

Figures = dict[str, Any]


def main() -> int:
    options = _parse()
    figures: Figures = json.loads(options.out.read_text()) if options.out.exists() else {}
    if options.what == "plot":
        plot(figures, options.picture)
        return 0
    figures |= sweep() if options.what == "sweep" else devices(options.store)
    options.out.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("sweep", "devices", "plot"))
    parser.add_argument("out", type=Path)
    parser.add_argument("picture", type=Path, nargs="?", default=Path("docs/lab.png"))
    parser.add_argument("--store", type=Path, default=Path("artifacts/measurements.jsonl"))
    return parser.parse_args()


def sweep() -> Figures:
    """Seconds of a sweep by where it was done; here and on Ray twice, there and back."""
    with TemporaryDirectory() as folder:
        out = Path(folder)
        here, again = [], []
        here.append(_timed(out / "here", _here))
        again.append(_timed(out / "ray", _on_ray))
        again.append(_timed(out / "ray2", _on_ray))
        here.append(_timed(out / "here2", _here))
        nodes = {str(n): _timed(out / f"nodes{n}", lambda n=n: _nodes(n)) for n in (1, 2)}
        first = _files(out / "here")
        for other in sorted(out.iterdir()):
            if _files(other) != first:
                sys.exit(f"what was exported to {other.name} differs from what was exported here")
    return {
        "networks": len(NETWORKS),
        "files": len(first),
        "here_s": here,
        "on_ray_s": again,
        "on_ray_by_here": sum(again) / sum(here),
        "nodes_s": nodes,
    }


@contextmanager
def _here() -> Iterator[Any]:
    from irrvit.export.sweep.here import Here

    yield Here()


@contextmanager
def _on_ray() -> Iterator[Any]:
    from irrvit.export.sweep import cluster
    from irrvit.export.sweep.on_ray import OnRay

    with cluster.connected(cluster.LOCAL) as ray:
        yield OnRay(ray)


@contextmanager
def _nodes(count: int) -> Iterator[Any]:
    """A cluster of nodes of one core each, beside a head that computes nothing."""
    import ray
    from ray.cluster_utils import Cluster

    from irrvit.export.sweep.on_ray import OnRay

    head = {"num_cpus": 0, "_system_config": _SYSTEM}
    nodes = Cluster(initialize_head=True, head_node_args=head)
    for _ in range(count):
        nodes.add_node(num_cpus=1)
    ray.init(address=nodes.address, log_to_driver=False)
    yield OnRay(ray)
    ray.shutdown()
    nodes.shutdown()


def _timed(out: Path, place: Callable[[], Any]) -> float:
    """Seconds from nothing to all files, what starts and ends the place included."""
    from irrvit.export.command.options import ExportOptions
    from irrvit.export.sweep.sweep import each_network, sweep

    each = each_network(replace(ExportOptions("", targets=("onnx",)), out=out), list(NETWORKS))
    begun = time.monotonic()
    with place() as there:
        for done in sweep(each, there, lambda name, stage: None):
            assert done.result.exit_code == 0, done.result
            print(f"{out.name}: {done.options.model}", file=sys.stderr)
    return time.monotonic() - begun


def _files(out: Path) -> dict[str, Any]:
    contents: dict[str, Any] = {}
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.name != ".lock":
            contents[path.relative_to(out).as_posix()] = path.read_bytes()
            if path.name == "manifest.json":
                manifest = json.loads(path.read_text())
                manifest.pop("created_utc")
                contents[path.relative_to(out).as_posix()] = manifest
    return contents


def devices(store: Path) -> Figures:
    """How long devices of a simulated lab had nothing to do, from first to last."""
    from irrvit.benchmark.results.store import load

    seconds = [
        (datetime.fromisoformat(m.after.at_utc) - datetime.fromisoformat(m.started_utc)).seconds
        for m in load(store).measurements
    ]
    taken = list(itertools.islice(itertools.cycle(seconds), DEVICES * JOBS))
    begun, ends, busy = time.monotonic(), [], 0.0
    for start, end in _simulated(taken):
        ends.append(end)
        busy += end - start
    whole = max(ends) - begun
    return {
        "devices": DEVICES,
        "jobs": len(taken),
        "seconds_of_a_job": [min(seconds), max(seconds)],
        "lab_s": whole,
        "idle_share": 1 - busy / (DEVICES * whole),
    }


def _simulated(taken: list[int]) -> Iterator[tuple[float, float]]:
    import ray
    from ray.cluster_utils import Cluster

    from irrvit.benchmark.lab.dispatch import Job, dispatch
    from irrvit.benchmark.lab.offer import Offered, resources

    phones = [
        Offered("android", "a phone", str(i), "", "", "", {}, ("cpu",), True)
        for i in range(DEVICES)
    ]
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    share = DEVICES // HOSTS
    system = _SYSTEM | {"num_workers_soft_limit": share}
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": system})
    for host in range(HOSTS):
        own = phones[host * share : (host + 1) * share]
        nodes.add_node(num_cpus=0, resources=resources(own))
    ray.init(address=nodes.address, log_to_driver=False)

    def work(request: int) -> tuple[float, float]:
        begun = time.monotonic()
        time.sleep(request)
        return begun, time.monotonic()

    # The longest first, as whoever plans does, so that none is left at the end.
    jobs = [Job(str(i), phones[0], s) for i, s in enumerate(sorted(taken, reverse=True))]
    for _, answer in dispatch(ray, work, jobs, lambda name, stage: None):
        assert not isinstance(answer, str), answer
        yield answer
    ray.shutdown()
    nodes.shutdown()


def plot(figures: Figures, path: Path) -> None:
    """How a sweep's time falls with workers."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    here = sum(figures["here_s"]) / len(figures["here_s"])
    bars = {
        "one after the other": here,
        "1 worker": figures["nodes_s"]["1"],
        "2 workers": figures["nodes_s"]["2"],
        "--on ray": sum(figures["on_ray_s"]) / len(figures["on_ray_s"]),
    }
    figure, axes = pyplot.subplots(figsize=(6, 3))
    drawn = axes.barh(list(bars), list(bars.values()))
    axes.bar_label(drawn, [f"{seconds / here:.2f} x" for seconds in bars.values()], padding=3)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * max(bars.values()))
    axes.set_xlabel(f"seconds for {figures['networks']} small networks, on a machine of 2 cores")
    figure.tight_layout()
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    sys.exit(main())
