"""An `.aimodel` of ours is run picture by picture, wherever it is called from."""

import asyncio
import subprocess
import sys

import numpy as np
import pytest
from torch import nn

pytestmark = pytest.mark.needs("coreai", "coreai_torch")


class Sums(nn.Module):
    def forward(self, x):
        return x.sum((2, 3))


@pytest.fixture
def loaded(write_coreai):
    from irrvit.export.coreai import runner

    return runner.load(write_coreai(Sums(), 2, 3))


PIXELS = np.arange(36, dtype=np.float32).reshape(2, 2, 3, 3)


def test_pictures_are_run_one_by_one(loaded):
    assert loaded.name == "coreai"
    np.testing.assert_array_equal(loaded.run(PIXELS)["logits"], PIXELS.sum((1, 2)))


def test_it_runs_where_an_event_loop_runs_already(loaded):
    async def inside():
        return loaded.run(PIXELS)["logits"]

    np.testing.assert_array_equal(asyncio.run(inside()), PIXELS.sum((1, 2)))


def test_an_answer_is_not_changed_by_the_next_one(loaded):
    first = loaded.run(PIXELS[:1])["logits"]
    kept = first.copy()
    loaded.run(PIXELS[1:])
    np.testing.assert_array_equal(first, kept)


def test_its_threads_end_with_the_program(write_coreai):
    """A runner that nobody closed does not keep a program from ending."""
    path = write_coreai(Sums(), 2, 3)
    code = f"""
from pathlib import Path
import numpy as np
from irrvit.export.coreai import runner
print(runner.load(Path({str(path)!r})).run(np.ones((1, 2, 3, 3), np.float32))["logits"].tolist())
"""
    how = {"capture_output": True, "text": True, "timeout": 60, "check": True}
    assert subprocess.run([sys.executable, "-c", code], **how).stdout == "[[6.0, 6.0, 6.0]]\n"
