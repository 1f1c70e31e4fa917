"""Core AI's files on this machine: what they answer, on no more cores than were asked for."""

import os

import numpy as np
import pytest

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import RunsFiles
from irrvit.benchmark.worker.runtimes import coreai

pytestmark = pytest.mark.needs("coreai", "coreai_torch")


@pytest.fixture(autouse=True)
def _keep_cores():
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("only on Linux are cores given away")
    before = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, before)


def test_the_linear_layer_is_that_of_the_other_formats():
    loaded = coreai.load("linear:16", 1)
    loaded.set(np.eye(16, dtype=np.float32))
    np.testing.assert_array_equal(loaded.logits().reshape(16, 16), linear.weights(16))
    assert loaded.version.startswith("coreai-core ")
    assert loaded.placement() == {}
    assert len(os.sched_getaffinity(0)) == 1


def test_it_is_no_runtime_whose_files_are_bytes():
    assert not isinstance(coreai, RunsFiles)
