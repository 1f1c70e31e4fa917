"""What only some devices have is asked for by what they have, and nothing is made up."""

from types import SimpleNamespace
from typing import Any

import pytest

from irrvit.benchmark.device import (
    READY,
    EstimatingProcess,
    Metered,
    ProfilingProcess,
    SeenDevice,
    accelerators,
    repeats_share_process,
    start_below_c,
)
from irrvit.benchmark.iphone.app import AppProcess
from irrvit.benchmark.worker.client import LocalProcess, ProfiledLocalProcess

PLAIN: Any = SimpleNamespace()
WARM: Any = SimpleNamespace(ACCELERATORS=("cpu", "npu"), START_BELOW_C=30.0, meter=lambda: None)

SHARED: Any = SimpleNamespace(REPEATS_SHARE_PROCESS=True)


def test_a_device_without_a_word_on_it_has_a_cpu_and_no_limit_of_heat():
    assert (accelerators(PLAIN), start_below_c(PLAIN)) == (("cpu",), None)
    assert not isinstance(PLAIN, Metered)


def test_a_device_has_what_it_names():
    assert (accelerators(WARM), start_below_c(WARM)) == (("cpu", "npu"), 30.0)
    assert isinstance(WARM, Metered)


def test_only_a_process_with_a_profiler_profiles():
    assert not isinstance(object.__new__(LocalProcess), ProfilingProcess)
    assert hasattr(ProfiledLocalProcess, "profile")


def test_only_an_app_that_nobody_can_start_anew_shares_its_process():
    assert not repeats_share_process(PLAIN)
    assert repeats_share_process(SHARED)


def test_a_process_measures_where_its_time_goes_or_estimates_it():
    estimating = object.__new__(AppProcess)
    assert hasattr(estimating, "estimate")
    assert not isinstance(estimating, ProfilingProcess)
    assert not isinstance(object.__new__(ProfiledLocalProcess), EstimatingProcess)


@pytest.mark.parametrize(("state", "ready"), [(READY, True), ("unplugged", False)])
def test_a_device_is_ready_or_says_what_keeps_it(state, ready):
    assert SeenDevice("played", "a device", state).is_ready is ready
