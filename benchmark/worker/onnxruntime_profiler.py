"""onnxruntime's own profiler: a trace of every kernel that it runs."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np


def events(content: bytes, threads: int, pixels: np.ndarray, calls: int) -> list[dict[str, Any]]:
    """Call an `.onnx` file and return all that its profiler noted of these calls, in its order."""
    import onnxruntime

    with tempfile.TemporaryDirectory(prefix="irrvit-bench-") as folder:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "trace")
        session = onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
        feed = {session.get_inputs()[0].name: pixels}
        warmup = max(5, calls // 10)
        for _ in range(warmup + calls):
            session.run(None, feed)
        noted = json.loads(Path(session.end_profiling()).read_text())
    ends = [i for i, event in enumerate(noted) if event["name"] == "model_run"]
    kept = noted[ends[warmup - 1] + 1 :]
    return [{name: event[name] for name in ("cat", "name", "dur")} for event in kept]
