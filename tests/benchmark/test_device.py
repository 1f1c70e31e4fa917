"""What only some devices have is asked for by what they have, and nothing is made up."""

from types import SimpleNamespace
from typing import Any

import pytest

from irrvit.benchmark.device import (
    READY,
    Metered,
    ProfilingProcess,
    SeenDevice,
    accelerators,
    start_below_c,
)
from irrvit.benchmark.worker.client import LocalProcess, ProfiledLocalProcess

PLAIN: Any = SimpleNamespace()
WARM: Any = SimpleNamespace(ACCELERATORS=("cpu", "npu"), START_BELOW_C=30.0, meter=lambda: None)


def test_a_device_without_a_word_on_it_has_a_cpu_and_no_limit_of_heat():
    assert (accelerators(PLAIN), start_below_c(PLAIN)) == (("cpu",), None)
    assert not isinstance(PLAIN, Metered)


def test_a_device_has_what_it_names():
    assert (accelerators(WARM), start_below_c(WARM)) == (("cpu", "npu"), 30.0)
    assert isinstance(WARM, Metered)


def test_only_a_process_with_a_profiler_profiles():
    assert not isinstance(object.__new__(LocalProcess), ProfilingProcess)
    assert hasattr(ProfiledLocalProcess, "profile")


@pytest.mark.parametrize(("state", "ready"), [(READY, True), ("unplugged", False)])
def test_a_device_is_ready_or_says_what_keeps_it(state, ready):
    assert SeenDevice("played", "a device", state).is_ready is ready
