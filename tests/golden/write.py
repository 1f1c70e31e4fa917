"""`python tests/golden/write.py`: write the golden cases that every app's core is held against.

Python's own functions say what is right. `test_golden.py` fails when a file here is out of date.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from camera_cases import camera_cases
from PIL import Image
from preprocess_cases import PHOTOGRAPHS, noise, photograph, preprocess_cases

from irrvit.benchmark.measurement import SCHEMA, Measurement
from irrvit.benchmark.results import golden, stats
from irrvit.export import demo
from irrvit.export.manifest import Manifest

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_SEEDS = 200


def golden_files() -> dict[str, bytes]:
    """Every golden file: name -> content."""
    parts = {
        "preprocess": preprocess_cases(),
        "camera": camera_cases(),
        "top_k": top_k_cases(),
        "latency_stats": latency_cases(),
        "manifest": manifest_cases(),
        "golden_agreement": agreement_cases(),
        "measurement": measurement_case(),
    }
    pictures = {f"{name}.ppm": _ppm(photograph(name)) for name in PHOTOGRAPHS}
    return {f"{name}.json": _json(part) for name, part in parts.items()} | pictures


def top_k_cases() -> dict[str, Any]:
    """Logits -> the likeliest classes and their softmax probabilities."""
    thousand = (noise(1000, 3).astype(np.float32) / 16 + noise(1000, 4) / np.float32(4096)).tolist()
    logits = {
        "five of ten": (5, [0.5, -1.25, 3.0, 2.75, 0.0, -4.0, 1.5, 2.0, -0.5, 1.0]),
        "equal ones in the order of their classes": (3, [1.0, 2.0, 2.0, -1.0, 2.0]),
        "fewer classes than asked for": (5, [0.25, 0.75]),
        "one class": (5, [-3.0]),
        "large ones do not overflow": (2, [1000.0, 999.0, -1000.0]),
        "very small ones do not underflow": (2, [-1000.0, -1001.0, -1002.0]),
        "a thousand": (5, thousand),
    }
    return {
        "probabilities": "within 1e-12",
        "cases": [
            {"name": name, "k": k, "logits": values, "expected": _top(values, k)}
            for name, (k, values) in logits.items()
        ],
        "refused": [
            {"name": "none at all", "logits": []},
            {"name": "not a number", "logits": [1.0, "NaN", 2.0]},
            {"name": "infinite", "logits": [1.0, "Infinity", 2.0]},
        ],
    }


def _top(logits: list[float], k: int) -> list[dict[str, Any]]:
    indices = tuple(str(i) for i in range(len(logits)))
    best = demo.top(np.asarray(logits), indices, k=k)
    return [{"index": int(index), "probability": p} for index, p in best]


def latency_cases() -> dict[str, Any]:
    """Latencies of each repeat -> summary; the interval of the median within what seeds give."""
    generator = np.random.default_rng(11)
    steady = (8 * generator.lognormal(0, 0.03, (3, 60))).round(3).tolist()
    busy = _ROOT / "tests/benchmark/recorded/busy.jsonl"
    recorded = Measurement.model_validate_json(busy.read_text().partition("\n")[0])
    series = {
        "one call": [[12.5]],
        "two calls": [[3.0, 4.0]],
        "all alike": [[5.0] * 40],
        "independent calls": steady,
        "one slow call": [[*steady[0], 950.0]],
        "repeats of unequal length": [steady[0][:7], steady[1][:31], steady[2][:2]],
        "a busy machine": [list(repeat.latencies_ms)[:200] for repeat in recorded.repeats[:2]],
    }
    return {
        "figures": "within 1e-9; low_ms and high_ms are [least, most] over many seeds of Python's"
        " bootstrap: another generator's must lie in there",
        "cases": [
            {"name": name, "repeats": repeats, "expected": _summary(repeats)}
            for name, repeats in series.items()
        ],
    }


def _summary(repeats: list[list[float]]) -> dict[str, Any]:
    ends = np.array([stats.median_interval(repeats, seed=seed) for seed in range(_SEEDS)])
    bounds = np.stack([ends.min(axis=0), ends.max(axis=0)], axis=1).tolist()
    summary = stats.summarize(repeats).model_dump(mode="json")
    return summary | {"low_ms": bounds[0], "high_ms": bounds[1]}


def manifest_cases() -> dict[str, Any]:
    """A valid manifest, and changes after which the field named is complained of."""
    valid = Manifest.model_validate_json((_HERE / "inputs/manifest.json").read_bytes())
    changes: dict[str, tuple[str, Any]] = {
        "a later schema": ("schema_version", 2),
        "no hash": ("sha256", None),
        "a size in words": ("size_bytes", "large"),
        "labels that are no list": ("labels", "tench"),
        "an unknown filter": ("input.interpolation", "area"),
        "a size of nothing": ("input.width", 0),
        "a crop of another kind": ("input.crop", "corner"),
        "an unknown colour": ("input.color", "BGR"),
        "golden cases without logits": ("golden.0.logits", None),
        "a path for a file": ("file", "../secrets.tflite"),
    }
    return {
        "valid": valid.model_dump(mode="json"),
        "invalid": [
            {"name": name, "field": field, "value": value}
            for name, (field, value) in changes.items()
        ],
    }


def agreement_cases() -> dict[str, Any]:
    """Logits on a device against what the manifest says of a picture."""
    case = golden.GoldenPicture("p", np.zeros(1), (2, 0, 4), (8.0, 7.999, 1.0), 1e-4)
    said: dict[str, list[float]] = {
        "the same": [7.999, 0.5, 8.0, -2.0, 1.0],
        "within the tolerance": [7.9994, 0.5, 7.9995, -2.0, 1.0],
        "two that are too close to tell apart": [7.9997, 0.5, 7.9993, -2.0, 1.0],
        "beyond the tolerance": [7.999, 0.5, 8.001, -2.0, 1.0],
        "another class": [7.999, 9.0, 8.0, -2.0, 1.0],
        "too few classes": [7.999, 0.5, 8.0],
        "not a number": [7.999, float("nan"), 8.0, -2.0, 1.0],
    }
    return {
        "golden": {"top5": case.top5, "logits": case.logits, "tolerance": case.tolerance},
        "cases": [
            {
                "name": name,
                "logits": ["NaN" if np.isnan(value) else value for value in logits],
                "passed": golden.check([case], lambda _, said=logits: np.asarray(said)).passed,
            }
            for name, logits in said.items()
        ],
    }


def measurement_case() -> dict[str, Any]:
    """What an app knows of a run and its artifact, and the record it has to write."""
    manifest = Manifest.model_validate_json((_HERE / "inputs/manifest.json").read_bytes())
    run = json.loads((_HERE / "inputs/run.json").read_bytes())
    expected = Measurement.model_validate(
        run
        | {
            "artifact_sha256": manifest.sha256,
            "target": manifest.target,
            "variant": manifest.model,
            "precision": manifest.precision,
            "size_bytes": manifest.size_bytes,
            "macs": manifest.macs,
        }
    )
    return {
        "manifest": manifest.model_dump(mode="json"),
        "run": run,
        # What an app does not know it leaves out: those fields have defaults.
        "expected": expected.model_dump(mode="json", exclude_unset=True)
        | {"schema_version": SCHEMA},
    }


def _ppm(image: Image.Image) -> bytes:
    return f"P6\n{image.width} {image.height}\n255\n".encode() + image.tobytes()


def _json(part: dict[str, Any]) -> bytes:
    """One case a line: short enough to review, long lists in one piece."""
    text = json.dumps(part, ensure_ascii=False)
    return (
        text.replace('}, {"name"', '},\n{"name"').replace('[{"name"', '[\n{"name"') + "\n"
    ).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_HERE, help="folder; default: here")
    for name, content in golden_files().items():
        (parser.parse_args().out / name).write_bytes(content)


if __name__ == "__main__":
    main()
