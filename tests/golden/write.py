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
from preprocess_cases import (
    PHOTOGRAPHS,
    noise,
    orientation_cases,
    photograph,
    preprocess_cases,
)
from record_cases import agreement_cases, manifest_cases, measurement_cases
from statistics_cases import latency_cases, protocol_cases

from irrvit.export import demo

_HERE = Path(__file__).parent


def golden_files() -> dict[str, bytes]:
    """Every golden file: name -> content."""
    parts = {
        "preprocess": preprocess_cases(),
        "camera": camera_cases(),
        "orientation": orientation_cases(),
        "top_k": top_k_cases(),
        "latency_stats": latency_cases(),
        "manifest": manifest_cases(),
        "golden_agreement": agreement_cases(),
        "measurement": measurement_cases(),
        "protocol": protocol_cases(),
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
