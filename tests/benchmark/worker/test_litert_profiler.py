"""LiteRT's own profiler, for real, on a file of one layer."""

import numpy as np
import pytest

from irrvit.benchmark.profiling.profilers.litert import to_trace
from irrvit.benchmark.worker import litert_profiler
from irrvit.benchmark.worker.runtimes.litert import linear_file

SIZE = 64


@pytest.mark.needs("ai_edge_litert")
def test_the_profiler_of_the_package_tells_xnnpacks_operators():
    pixels = np.ones((SIZE, SIZE), np.float32)
    found = to_trace(litert_profiler.events(linear_file(SIZE), 1, pixels, calls=4))
    assert len(found.total_us) == 4
    assert [name for name in found.operators if name.startswith("Fully Connected")]


@pytest.mark.needs("ai_edge_litert")
def test_pixels_of_another_size_are_refused():
    with pytest.raises(ValueError, match=f"has {4 * SIZE * SIZE} bytes, got 4"):
        litert_profiler.events(linear_file(SIZE), 1, np.ones(1, np.float32), calls=1)


@pytest.mark.needs("ai_edge_litert")
def test_a_file_that_is_none_is_an_error_of_the_function_that_refused_it():
    with pytest.raises(RuntimeError, match="LiteRtCreateModelFromBuffer failed with status"):
        litert_profiler.events(b"no model", 1, np.ones(1, np.float32), calls=1)
