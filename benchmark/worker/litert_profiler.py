"""LiteRT's own profiler, which its Python package ships and does not offer: by the C interface.

The interpreter of the same package has none; `litert/c/litert_profiler.h` of LiteRT 2.1 and later
does. XNNPACK reports its operators to it one by one, in the order in which it runs them.
"""

from __future__ import annotations

import ctypes
import importlib.util
from ctypes import byref, c_char_p, c_int, c_size_t, c_uint64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_CPU, _WRITE = 1, 1
_RANKED_TENSOR_TYPE_BYTES = 128  # Of which 72 are used.


class Event(ctypes.Structure):
    """`ProfiledEventData` of `litert/c/litert_profiler_event.h`."""

    _fields_ = (
        ("tag", c_char_p),
        ("type", c_int),
        ("start_us", c_uint64),
        ("elapsed_us", c_uint64),
        ("memory", c_size_t * 6),
        ("metadata", c_uint64 * 2),
        ("source", c_int),
    )


def events(content: bytes, threads: int, pixels: np.ndarray, calls: int) -> list[dict[str, Any]]:
    """Call a `.tflite` file and return all that its profiler noted, in its order."""
    library = _Library()
    model = _compile(library, content, threads)
    ends = [_buffer(library, model, end) for end in ("Input", "Output")]
    _fill(library, ends[0], pixels)

    def call() -> None:
        run = (model.compiled, c_size_t(0), c_size_t(1), byref(ends[0]), c_size_t(1))
        library("RunCompiledModel", *run, byref(ends[1]))

    for _ in range(max(5, calls // 10)):
        call()
    profiler = library.make("CompiledModelGetProfiler", model.compiled)
    library("StartProfiler", profiler)
    for _ in range(calls):
        call()
    library("StopProfiler", profiler)
    number = c_int()
    library("GetNumProfilerEvents", profiler, byref(number))
    noted = (Event * number.value)()
    library("GetProfilerEvents", profiler, number, noted)
    return [{"tag": e.tag.decode(), "type": e.type, "us": e.elapsed_us} for e in noted]


class _Library:
    """Calls `LiteRt<name>` and raises on a status that is not 0."""

    def __init__(self) -> None:
        package = importlib.util.find_spec("ai_edge_litert")
        assert package is not None
        assert package.origin is not None
        file = next(Path(package.origin).parent.glob("libLiteRt.*"))
        self._functions = ctypes.CDLL(str(file))

    def __call__(self, name: str, *arguments: Any) -> None:
        status = getattr(self._functions, f"LiteRt{name}")(*arguments)
        if status:
            raise RuntimeError(f"LiteRt{name} failed with status {status}")

    def make(self, name: str, *arguments: Any) -> c_void_p:
        """Call a function whose last argument is where it puts what it makes."""
        made = c_void_p()
        self(name, *arguments, byref(made))
        return made


@dataclass(frozen=True)
class _Model:
    """A compiled model; `kept` is Python's and has to live as long."""

    environment: c_void_p
    file: c_void_p
    compiled: c_void_p
    kept: tuple[Any, ...]


def _compile(library: _Library, content: bytes, threads: int) -> _Model:
    environment = library.make("CreateEnvironment", 0, None)
    file = library.make("CreateModelFromBuffer", environment, content, c_size_t(len(content)))
    options = library.make("CreateOptions")
    library("SetOptionsHardwareAccelerators", options, _CPU)
    never_free = ctypes.CFUNCTYPE(None, c_void_p)(lambda _: None)
    runtime, xnnpack = b"enable_profiling = true\n", b"num_threads = %d\n" % threads
    for name, text in ((b"runtime_options_string", runtime), (b"xnnpack", xnnpack)):
        option = library.make("CreateOpaqueOptions", name, text, never_free)
        library("AddOpaqueOptions", options, option)
    compiled = library.make("CreateCompiledModel", environment, file, options)
    return _Model(environment, file, compiled, (content, runtime, xnnpack, never_free))


def _buffer(library: _Library, model: _Model, end: str) -> c_void_p:
    """A buffer for the only input or output."""
    signature = library.make("GetModelSignature", model.file, c_size_t(0))
    tensor = library.make(f"GetSignature{end}TensorByIndex", signature, c_size_t(0))
    kind = ctypes.create_string_buffer(_RANKED_TENSOR_TYPE_BYTES)
    library("GetRankedTensorType", tensor, kind)
    wanted = library.make(
        f"GetCompiledModel{end}BufferRequirements", model.compiled, c_size_t(0), c_size_t(0)
    )
    return library.make(
        "CreateManagedTensorBufferFromRequirements", model.environment, kind, wanted
    )


def _fill(library: _Library, buffer: c_void_p, pixels: np.ndarray) -> None:
    size = c_size_t()
    library("GetTensorBufferPackedSize", buffer, byref(size))
    if size.value != pixels.nbytes:
        raise ValueError(f"the file's input has {size.value} bytes, got {pixels.nbytes}")
    address = c_void_p()
    library("LockTensorBuffer", buffer, byref(address), _WRITE)
    ctypes.memmove(address, np.ascontiguousarray(pixels).ctypes.data, pixels.nbytes)
    library("UnlockTensorBuffer", buffer)
