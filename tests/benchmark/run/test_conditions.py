"""What a run waits for, what it says meanwhile, and what it watches."""

import pytest

from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import DeviceState, RunConfig
from irrvit.benchmark.results import validity
from irrvit.benchmark.run import conditions
from irrvit.benchmark.run.conditions import Watch

GOING_ON = (
    "going on all the same, and the result will be invalid if they keep more than 0.2 busy: end "
    "what else runs"
)
AT = "2026-01-01T00:00:00+00:00"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Stands still unless it is set."""

    class Clock:
        now = 100.0

        def perf_counter(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(conditions, "time", clock)
    return clock


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
    assert said == [f"others keep 1.5 cores busy; {GOING_ON}"]


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (None, "its load is not known"),
        (0.1, "the machine is quiet"),
        (0.11, f"others keep 0.1 cores busy; {GOING_ON}"),
    ],
)
def test_a_machine_is_quiet_up_to_a_tenth_of_a_core(load, said):
    assert settle(state(load=load), settle_s=0)[1] == [said]


@pytest.mark.parametrize(
    ("temperature", "waits"), [(None, False), (36.9, False), (37.0, True), (37.1, True)]
)
def test_a_device_is_cool_below_what_was_asked_for(temperature, waits):
    warm = state(load=0.0, temperature_c=temperature)
    reached, _ = settle(warm, state(load=0.0), start_below_c=37)
    assert (reached != warm) is waits


def test_waiting_ends_at_its_limit_and_is_said_again_every_half_minute(clock):
    """A reading takes 10 seconds; the sixth is the last within a minute."""

    class Slow(Device):
        def state(self):
            clock.now += 10.0
            return super().state()

    told = []
    config = RunConfig(runtime="litert", settle_s=60)
    device = Slow(state(load=1.5))
    conditions.settle(device, config, lambda name, stage: told.append((clock.now, stage)))
    assert told == [
        (110.0, "waiting: others keep 1.5 cores busy"),
        (140.0, "waiting: others keep 1.5 cores busy"),
        (170.0, f"others keep 1.5 cores busy; {GOING_ON}"),
    ]


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
    for limit in (37.0, None):  # Some tell no temperature, and that they slow down.
        reached, said = settle(slow, fine, start_below_c=limit)
        assert reached == fine
        assert any("it slows itself down against heat (status 'light')" in told for told in said)


def test_a_device_that_does_not_get_cool_is_measured_all_the_same():
    _, said = settle(state(temperature_c=41.0), start_below_c=37, cool_s=0)
    assert said[0].endswith("C; going on all the same, and the result will be invalid")


@pytest.mark.parametrize(
    ("sustained_s", "outcome"),
    [(None, "and the result will be invalid"), (60.0, "which the result will show")],
)
def test_a_device_that_slows_itself_down_is_what_a_sustained_run_looks_for(sustained_s, outcome):
    _, said = settle(state(thermal_status="light"), cool_s=0, sustained_s=sustained_s)
    assert said[0].endswith(f"(status 'light'); going on all the same, {outcome}")


def test_what_is_said_of_the_result_is_so(measurement):
    """The words of a busy and of a warm device, held against the rules."""
    limit = validity.MAX_BACKGROUND_CORES
    assert f"more than {limit:g} busy" in GOING_ON
    warm = measurement.model_copy(
        update={
            "before": state(temperature_c=41.0),
            "config": measurement.config.model_copy(update={"start_below_c": 37}),
        }
    )
    assert not validity.is_valid(validity.check(warm))


def test_a_gate_on_a_temperature_that_nobody_knows_is_said_and_not_waited_for():
    _, said = settle(
        state(load=0.0, disbelieved=("33500 C as its skin's temperature",)), start_below_c=37
    )
    assert said == [
        "it does not say how warm it is (it gives 33500 C as its skin's temperature, which cannot "
        "be): nobody can wait until it is below 37 C",
        "the machine is quiet",
    ]
    assert settle(state(load=0.0))[1] == ["the machine is quiet"]


def test_nothing_is_waited_for_that_was_not_asked_for():
    assert settle(state(temperature_c=90.0))[1] == ["its load is not known"]


@pytest.fixture
def watch(clock):
    """A watch over the states of a device, and what it says; the last look is long ago."""

    def watch(first, *states):
        said = []
        watched = Watch(Device(*states), first, lambda name, stage: said.append(stage))
        clock.now += 5.0
        return watched, said

    return watch


NONE, HOT = state(thermal_status="none"), state(thermal_status="severe")


def test_only_a_device_that_says_how_it_slows_down_is_watched(watch):
    watched, _ = watch(NONE, HOT)
    watched.look()
    assert watched.states == [HOT]
    watched, _ = watch(state(), HOT)
    watched.look()
    assert watched.states == []


@pytest.mark.parametrize(("seconds", "looks"), [(4.9, 1), (5.0, 2)])
def test_it_is_looked_at_again_after_five_seconds(watch, clock, seconds, looks):
    watched, _ = watch(NONE, HOT)
    watched.look()
    clock.now += seconds
    watched.look()
    assert len(watched.states) == looks


def test_a_reading_that_fails_is_said_and_one_of_a_lost_device_ends_the_block(watch, clock):
    watched, said = watch(NONE, CommandFailed("busy"), DeviceLost("gone"))
    watched.look()
    assert (watched.states, said) == ([], ["its state is not known now: busy"])
    clock.now += 5.0
    with pytest.raises(DeviceLost):
        watched.look()
