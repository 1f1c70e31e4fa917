"""What a run waits for, what it says meanwhile, and what it watches."""

import pytest

from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import DeviceState, RunConfig
from irrvit.benchmark.run import conditions
from irrvit.benchmark.run.conditions import Watch

AT = "2026-01-01T00:00:00+00:00"


class Device:
    """Says one state after another, and the last one for ever."""

    def __init__(self, *states):
        self.states = list(states)

    def state(self):
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return state


def settle(*states, **config):
    said = []
    config = RunConfig(runtime="litert", **config)
    reached = conditions.settle(Device(*states), config, lambda name, stage: said.append(stage))
    return reached, said


def state(**values):
    return DeviceState(at_utc=AT, **values)


def test_a_machine_that_stays_busy_is_waited_for_and_said():
    _, said = settle(state(load=1.5), settle_s=0)
    assert said == ["others keep 1.5 cores busy; going on all the same"]


def test_a_warm_device_is_waited_for_until_it_is_cool_and_the_reason_is_said():
    warm, cool = state(load=0.0, temperature_c=41.0), state(load=0.0, temperature_c=36.9)
    reached, said = settle(warm, warm, cool, start_below_c=37)
    assert reached == cool
    assert said == [
        "waiting: it is 41.0 C warm, and is to start below 37 C",
        "the machine is quiet",
    ]


def test_a_device_that_slows_itself_down_is_waited_for_at_any_temperature():
    slow, fine = state(thermal_status="light"), state(thermal_status="none")
    reached, said = settle(slow, fine, start_below_c=37)
    assert reached == fine
    assert "it slows itself down against heat (status 'light')" in said[0]


def test_a_device_that_does_not_get_cool_is_measured_all_the_same():
    _, said = settle(state(temperature_c=41.0), start_below_c=37, cool_s=0)
    assert said[0].endswith("going on all the same")


def test_nothing_is_waited_for_that_was_not_asked_for():
    assert settle(state(temperature_c=90.0))[1] == ["its load is not known"]


@pytest.fixture
def watch(monkeypatch):
    monkeypatch.setattr(conditions, "_WATCH_S", 0.0)

    def watch(first, *states):
        said = []
        return Watch(Device(*states), first, lambda name, stage: said.append(stage)), said

    return watch


def test_only_a_device_that_says_how_it_slows_down_is_watched(watch):
    hot = state(thermal_status="severe")
    watched, _ = watch(state(thermal_status="none"), hot)
    watched.look()
    assert watched.states == [hot]
    watched, _ = watch(state(), hot)
    watched.look()
    assert watched.states == []


def test_a_reading_that_fails_is_said_and_one_of_a_lost_device_ends_the_block(watch):
    watched, said = watch(state(thermal_status="none"), CommandFailed("busy"), DeviceLost("gone"))
    watched.look()
    assert (watched.states, said) == ([], ["its state is not known now: busy"])
    with pytest.raises(DeviceLost):
        watched.look()
