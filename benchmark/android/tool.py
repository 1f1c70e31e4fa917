"""Google's `benchmark_model` on a phone, of whichever year: it calls a file and prints means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.android import push, tool_output
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import AnswersUnknown, CommandFailed, one_line
from irrvit.benchmark.measurement import Placement, RunConfig

_MACHINES = {183: "arm64-v8a", 62: "x86_64", 40: "armeabi-v7a", 3: "x86"}
_WARMUP_S = 0.1
_FLOAT32 = 0  # Of the format's types of tensors.


@dataclass(frozen=True)
class Input:
    """The tensor that a .tflite file takes."""

    name: str
    shape: tuple[int, ...]
    is_bytes: bool


def require_abi(binary: Path, phone: Phone, abi: str) -> None:
    """Raises CommandFailed if a program cannot run on the phone."""
    if not binary.is_file():
        raise CommandFailed(f"--benchmark-binary got {binary}: expected a file, and there is none")
    head = binary.read_bytes()[:20]
    if head[:4] != b"\x7fELF":
        raise CommandFailed(f"{binary} is no program of Android: expected benchmark_model's")
    made_for = _MACHINES.get(int.from_bytes(head[18:20], "little"), "an unknown processor")
    if made_for != abi:
        raise CommandFailed(
            f"{binary} is for {made_for}, and phone {phone.serial} is {abi}: get benchmark_model "
            "for that"
        )


def read_input(content: bytes) -> Input:
    from irrvit.export.tflite import graph

    subgraph = graph.read(content).subgraphs[0]
    tensor = subgraph.tensors[subgraph.inputs[0]]
    return Input(tensor.name.decode(), tuple(map(int, tensor.shape)), tensor.type != _FLOAT32)


class ToolProcess:
    """One file in the tool, which is started anew for each block of calls.

    See `irrvit.benchmark.device.Process`. It prints no single latencies: each is a mean.
    """

    def __init__(self, phone: Phone, binary: str, content: bytes, config: RunConfig):
        self._phone, self._binary, self._config = phone, binary, config
        self._input, self._pixels = read_input(content), ""
        self._graph = push.push(phone, content, ".tflite")
        self.is_closed = False
        run = self._run(1)
        self.load_info = LoadInfo(
            load_ms=run.init_ms,
            runtime_version=f"benchmark_model {Path(binary).stem[:12]}",
            placement=Placement(
                accelerator=run.accelerator,
                nodes_total=run.nodes_total,
                nodes_delegated=run.nodes_delegated,
                partitions=run.partitions,
            ),
            idle_memory_bytes=None,
        )

    def set_input(self, pixels: np.ndarray) -> None:
        kind = np.uint8 if self._input.is_bytes else np.float32
        self._pixels = push.push(self._phone, pixels.astype(kind).tobytes(), ".bin")

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
        """The CPU time of the calls alone is not known, and so not what others took either."""
        run = self._run(calls, warmup=max(1, untimed))
        done = run.calls or calls
        return TimedBlock(
            latencies_ms=(run.mean_ms,),
            own_cpu_ms=None,
            wall_ms=run.mean_ms * done,
            background_ms=None,
            calls_per_value=done,
        )

    def logits(self) -> np.ndarray:
        path = f"{push.FOLDER}/outputs.bin"
        self._phone.run("rm", "-f", path)
        self._run(1, extra=[f"--output_filepath={path}"])
        if self._phone.run("test", "-f", path).exit_code:
            raise AnswersUnknown(
                "this tool cannot write what a file answers, and a fast wrong answer is worth "
                "nothing: get a benchmark_model that has --output_filepath, or leave "
                "--benchmark-binary out"
            )
        content = push.pull(self._phone, path)
        if len(content) % 4:
            raise CommandFailed(f"benchmark_model wrote {len(content)} bytes: expected float32")
        return np.frombuffer(content, np.float32).astype(np.float64)

    def profile(self, calls: int) -> list[dict[str, Any]]:
        """As LiteRT's own profiler notes it: the whole, then each operation, in microseconds."""
        # LiteRT's own has another word for it; what they do not know they leave alone.
        text = self._say(calls, 1, ["--enable_op_profiling=true", "--use_profiler=true"])
        rows = tool_output.tool_profile(text)
        total = sum(row.mean_ms for row in rows)
        if total <= 0:
            raise CommandFailed(f"benchmark_model printed no profile: {_last_line(text)}")
        whole = {"tag": "Invoke", "type": 1, "us": round(1000 * total)}
        return [whole, *({"tag": r.kind, "type": 2, "us": round(1000 * r.mean_ms)} for r in rows)]

    def peak_memory_bytes(self) -> int | None:
        return self._run(3, extra=["--report_peak_memory_footprint=true"]).peak_memory_bytes

    def close(self) -> None:
        """Nothing runs between two calls of its methods."""
        self.is_closed = True

    def _run(
        self, calls: int, *, warmup: int = 1, extra: Sequence[str] = ()
    ) -> tool_output.ToolRun:
        text = self._say(calls, warmup, extra)
        run = tool_output.tool_run(text)
        if run is None:
            raise CommandFailed(f"benchmark_model did not measure: {_last_line(text)}")
        return run

    def _say(self, calls: int, warmup: int, extra: Sequence[str]) -> str:
        options = [
            f"--graph={self._graph}",
            f"--num_threads={self._config.threads}",
            f"--num_runs={calls}",
            "--min_secs=0",
            f"--warmup_runs={warmup}",
            f"--warmup_min_secs={_WARMUP_S}",
            *(["--use_gpu=true"] if self._config.accelerator == "gpu" else []),
            *self._given(),
            *extra,
        ]
        result = self._phone.run(self._binary, *options, timeout_s=self._config.timeout_s)
        text = result.stdout + result.stderr
        if result.exit_code:
            raise CommandFailed(
                f"benchmark_model ended with exit code {result.exit_code}: {_last_line(text)}"
            )
        return text

    def _given(self) -> list[str]:
        if not self._pixels:
            return []
        name = self._input.name
        return [
            f"--input_layer={name}",
            f"--input_layer_shape={','.join(map(str, self._input.shape))}",
            f"--input_layer_value_files={name.replace(':', '::')}:{self._pixels}",
        ]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line]
    return one_line((errors or lines or ["it said nothing"])[-1])
