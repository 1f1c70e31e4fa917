"""How many MACs a millisecond each network does on this machine, next to MobileNetV2.

    taskset -c 1 python benchmark/speed_study.py irrvit_150m irrvit_300m irrvit_600m

Every network is exported to TFLite and run by LiteRT's CPU runtime (XNNPACK), one thread, float32,
one image. All of them are timed in one process, one call each in turn, so that what disturbs the
machine disturbs all alike; the ratio is taken in every round and its median printed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import timm
import torch
from ai_edge_litert.interpreter import Interpreter

from irrvit.export.target import Precision
from irrvit.export.targets import tflite
from irrvit.model import variants
from irrvit.model.fold import fold, fold_input
from irrvit.model.network import IRRViT
from irrvit.model.spec import InputSpec

BASELINE = "timm:mobilenetv2_100"


def write(name: str, folder: Path) -> Path:
    """Export a variant or a timm network, folded, unless an earlier run did."""
    path = folder / f"{name.replace(':', '_')}.tflite"
    if not path.exists():
        torch.manual_seed(0)
        if name.startswith("timm:"):
            network, size = timm.create_model(name.removeprefix("timm:")), 224
        else:
            variant = variants.get(name)
            network, size = IRRViT(variant), variant.input_size
        spec = InputSpec(height=size, width=size)
        folded = fold_input(fold(network.eval(), spec), spec)
        tflite.write(folded.network, spec, Precision.FP32, path)
    return path


def open_runner(path: Path) -> Interpreter:
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    (picture,) = interpreter.get_input_details()
    pixels = np.random.default_rng(0).integers(0, 256, picture["shape"]).astype(np.float32)
    interpreter.set_tensor(picture["index"], pixels)
    return interpreter


def run_in_turn(runners: list[Interpreter], rounds: int) -> np.ndarray:
    """Milliseconds (rounds, networks); the first rounds warm up and are dropped."""
    warmup = 5
    times = np.zeros((rounds + warmup, len(runners)))
    for row in times:
        for column, runner in enumerate(runners):
            start = time.perf_counter_ns()
            runner.invoke()
            row[column] = (time.perf_counter_ns() - start) / 1e6
    return times[warmup:]


def measure(names: list[str], folder: Path, *, rounds: int, repeats: int) -> list[dict]:
    """One row for each network; `ratios` has one figure for each repeat."""
    paths = [write(name, folder) for name in (BASELINE, *names)]
    mmacs = np.array([tflite.count_macs(path) / 1e6 for path in paths])
    speeds, medians = [], []
    for _ in range(repeats):
        times = run_in_turn([open_runner(path) for path in paths], rounds)
        medians.append(np.median(times, axis=0))
        speed = mmacs / times
        speeds.append(np.median(speed / speed[:, :1], axis=0))
    return [
        {
            "name": name,
            "mmacs": round(float(mmacs[i]), 1),
            "ms": round(statistics.median(float(m[i]) for m in medians), 2),
            "ratios": [round(float(s[i]), 3) for s in speeds],
        }
        for i, name in enumerate((BASELINE, *names))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="MACs a millisecond, next to MobileNetV2.")
    parser.add_argument("names", nargs="+", help="variants, or timm:NAME")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep and reuse the exported files here")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = measure(options.names, folder, rounds=options.rounds, repeats=options.repeats)
    if options.json:
        print(json.dumps(rows))
        return
    print(
        f"{'network':40} {'MMACs':>7} {'ms':>7} {'MMACs/ms':>9}  ratio to {BASELINE}, each repeat"
    )
    for row in rows:
        speed = row["mmacs"] / row["ms"]
        ratios = " ".join(f"{ratio:.3f}" for ratio in row["ratios"])
        print(f"{row['name']:40} {row['mmacs']:7.1f} {row['ms']:7.2f} {speed:9.1f}  {ratios}")


if __name__ == "__main__":
    main()
