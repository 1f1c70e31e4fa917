"""The plainest benchmark of an `.onnx` file: to hold the harness against, with nothing of its own.

python -m irrvit.benchmark.worker.plain_loop FILE.onnx THREADS CALLS RESULT.json
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np


def main(path: str, threads: str, calls: str, result: str) -> None:
    """Write the median of the calls; the input is noise, and ten calls warm up."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    (image,) = session.get_inputs()
    feed = {image.name: np.random.default_rng(0).uniform(0, 255, image.shape).astype(np.float32)}
    for _ in range(10):
        session.run(None, feed)
    times_ms = []
    for _ in range(int(calls)):
        start = time.perf_counter()
        session.run(None, feed)
        times_ms.append(1000 * (time.perf_counter() - start))
    Path(result).write_text(json.dumps({"median_ms": statistics.median(times_ms)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
