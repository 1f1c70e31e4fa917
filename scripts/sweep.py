"""Exports a seeded sample of timm's classifiers to every format, and says which fail and why.

    python scripts/sweep.py OUT.jsonl                  100 networks below 30 million parameters
    python scripts/sweep.py OUT.jsonl --retry          those that failed, again
    python scripts/sweep.py OUT.jsonl --network NAME   one network

OUT.jsonl gets a line for each network, so that a sweep goes on where it was interrupted; what the
converters print goes to a log beside it. Weights are random and healthy: nothing is downloaded. On
one core a network takes about a minute. Exit code 0: at least `--bar` networks passed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

# The article's and its peers': every sample holds them.
FIXED = (
    "deit_tiny_patch16_224",
    "swin_tiny_patch4_window7_224",
    "pvt_v2_b0",
    "coat_lite_tiny",
    "mobilenetv2_100",
    "mobilenetv3_large_100",
    "mobilenetv4_conv_small",
    "tf_efficientnet_lite0",
    "repvit_m0_9",
    "mobileone_s0",
    "fastvit_t8",
    "mobilevit_xs",
    "efficientformerv2_s0",
)
PASSED = "passed"
MOST_PARAMETERS = 30_000_000
PATIENCE_S = 1800

Row = dict[str, Any]


def main() -> int:
    options = _parse()
    _import_converters()
    names = options.network or sample(options.count, options.seed)
    done = {} if options.network else read(options.out)
    for name in names:
        again = options.retry and not _passes(done.get(name, {}))
        if name in done and not again:
            continue
        print(f"{name} ...", end=" ", flush=True)
        done[name] = row = _apart(name, options)
        with options.out.open("a") as lines:
            lines.write(json.dumps(row) + "\n")
        print(f"{row['seconds']:.0f} s", "passed" if _passes(row) else row["formats"], flush=True)
    rows = [done[name] for name in names if name in done]
    report(rows)
    return 0 if sum(map(_passes, rows)) >= min(options.bar, len(names)) else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="a line of JSON for each network")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bar", type=int, default=97, help="how many have to pass")
    parser.add_argument("--precision", default="fp32", help="in every format")
    parser.add_argument("--retry", action="store_true", help="also those that failed before")
    parser.add_argument("--network", action="append", help="these instead of a sample")
    return parser.parse_args()


def _import_converters() -> None:
    """Once, before the processes fork: they take as long to import as a network to convert."""
    import coremltools  # noqa: F401
    import litert_torch  # noqa: F401
    import onnxruntime  # noqa: F401
    import onnxscript  # noqa: F401

    torch.set_num_threads(1)


def sample(count: int, seed: int) -> list[str]:
    """The fixed networks, and others in a seeded order, as many as are asked for."""
    import timm

    others = sorted(set(timm.list_models()) - set(FIXED))
    random.Random(seed).shuffle(others)
    chosen: list[str] = list(FIXED)
    for name in others:
        if len(chosen) >= count:
            break
        if _is_small_classifier(name):
            chosen.append(name)
    return chosen[:count]


def _is_small_classifier(name: str) -> bool:
    import timm

    try:
        with torch.device("meta"):
            network = timm.create_model(name)
    except (NotImplementedError, RuntimeError):  # It computes while it is built.
        network = timm.create_model(name)
    classes = getattr(network, "num_classes", 0)
    return classes > 0 and sum(p.numel() for p in network.parameters()) < MOST_PARAMETERS


def read(path: Path) -> dict[str, Row]:
    """The last line of each network, by its name."""
    if not path.exists():
        return {}
    rows = map(json.loads, path.read_text().splitlines())
    return {row["network"]: row for row in rows}


def report(rows: list[Row]) -> None:
    """Say how many passed, and of each other why it did not."""
    for row in rows:
        for name, outcome in row["formats"].items():
            if outcome != PASSED:
                print(f"{row['network']} {name}: {outcome}")
    formats = sorted({name for row in rows for name in row["formats"]})
    for name in formats:
        print(f"{name}: {sum(row['formats'].get(name) == PASSED for row in rows)} of {len(rows)}")
    print(f"all formats: {sum(map(_passes, rows))} of {len(rows)}")


def _passes(row: Row) -> bool:
    outcomes = row.get("formats", {}).values()
    return bool(outcomes) and all(outcome == PASSED for outcome in outcomes)


def _apart(name: str, options: argparse.Namespace) -> Row:
    """Export one network in a process of its own, which may crash or hang."""
    logs = options.out.with_suffix(".logs")
    logs.mkdir(exist_ok=True)
    started, row = time.monotonic(), {"network": name, "formats": {}}
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(name, options, logs / f"{name}.log", sender))
    process.start()
    sender.close()
    try:
        while receiver.poll(PATIENCE_S):
            row["formats"].update(receiver.recv())
    except EOFError:
        process.join()
        if process.exitcode:
            row["formats"]["process"] = f"died with exit code {process.exitcode}"
    else:
        row["formats"]["process"] = f"took longer than {PATIENCE_S} s"
        process.kill()
    return row | {"seconds": round(time.monotonic() - started, 1)}


def _work(name: str, options: argparse.Namespace, log: Path, sender: Any) -> None:
    descriptor = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    with TemporaryDirectory() as folder:
        for target, outcome in outcomes(f"timm:{name}", options.precision, Path(folder)):
            sender.send({target: outcome})


def outcomes(model: str, precision: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Each format, and what came of it: `PASSED`, or the sentence that a user would read."""
    from irrvit.export import pipeline, target
    from irrvit.export.job import ExportJob
    from irrvit.export.precision import Precision

    jobs = [
        ExportJob(model=model, target=name, precision=Precision(precision))
        for name in target.names_in_all()
    ]
    try:
        prepared = pipeline.prepare(jobs[0])
    except Exception as error:  # Whatever it is, it is the outcome.
        yield from ((job.target, _sentence(error)) for job in jobs)
        return
    for job in jobs:
        try:
            yield job.target, _outcome(job, prepared, folder / job.name)
        except Exception as error:
            yield job.target, _sentence(error)


def _outcome(job: Any, prepared: Any, folder: Path) -> str:
    from irrvit.export import pipeline, target

    folder.mkdir()
    chosen = target.get(job.target)
    written = pipeline.write(job, chosen, prepared, folder, print)
    examined = pipeline.examine(job, chosen, prepared, written, print)
    checks = [c for c in (examined.meaning, examined.rounding) if c is not None]
    failures = [f for report in examined.parity for f in report.all_failures]
    failures += [*(f for check in checks for f in check.failures), *examined.failures]
    return "; ".join(failures[:3]) or PASSED


def _sentence(error: Exception) -> str:
    from irrvit.export.errors import ExportError
    from irrvit.model.errors import ModelError

    traceback.print_exc()
    expected = isinstance(error, ExportError | ModelError)
    return str(error) if expected else f"{type(error).__name__}: {error}"[:500]


if __name__ == "__main__":
    sys.exit(main())
