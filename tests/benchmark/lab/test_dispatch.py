"""On a real cluster: each job to a free device of its name, and to another when one goes away."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from irrvit.benchmark.lab import offer
from irrvit.benchmark.lab.dispatch import Gone, Job, dispatch

pytestmark = [pytest.mark.slow, pytest.mark.needs("ray")]


@pytest.fixture
def ray():
    return pytest.importorskip("ray")


def run(ray, work, jobs, said=None):
    notes = [] if said is None else said
    done = dispatch(ray, work, jobs, lambda name, stage: notes.append((name, stage)))
    return {job.name: answer for job, answer in done}


def whole(seconds):
    """Work that says from when to when, and on which host."""

    def work(request):
        started = time.monotonic()
        time.sleep(seconds)
        return Path(os.environ["IRRVIT_LAB"]).name, started, time.monotonic()

    return work


def overlap(one, other):
    return one[1] < other[2] and other[1] < one[2]


def test_devices_work_at_once_and_each_does_one_job_at_a_time(lab, ray, offered):
    phone, other = offered(), offered("iphone", "iPhone 15")
    lab.join(offer.resources([phone, other]))
    jobs = [Job("1", phone, None), Job("2", phone, None), Job("3", other, None)]
    done = run(ray, whole(2), jobs)
    assert not overlap(done["1"], done["2"])
    assert overlap(done["3"], done["1"]) or overlap(done["3"], done["2"])


def test_a_host_is_measured_when_it_does_nothing_else_for_us(lab, ray, offered):
    phone, host = offered(), offered("host", "Xeon")
    lab.join(offer.resources([phone, phone, host]))
    jobs = [Job("a", phone, None), Job("host", host, None), Job("b", phone, None)]
    done = run(ray, whole(1), jobs)
    assert not any(overlap(done["host"], done[name]) for name in "ab")


def test_two_hosts_work_for_one_name_and_a_pinned_job_goes_to_its_own(lab, ray, offered):
    hosts = [lab.join(offer.resources([offered()])) for _ in range(2)]
    jobs = [Job("1", offered(), None), Job("2", offered(), None)]
    done = run(ray, whole(2), jobs)
    assert {answer[0] for answer in done.values()} == {"host1", "host2"}
    for host in hosts:
        pinned = Job("pinned", offered(), None, lab.node(host), is_pinned=True)
        assert run(ray, whole(0), [pinned])["pinned"][0] == host.name


def test_the_job_of_a_host_that_goes_away_goes_to_another(
    lab, ray, offered, wait_for, in_background, tmp_path
):
    hosts = {host.name: host for host in (lab.join(offer.resources([offered()])) for _ in "12")}
    started, said = tmp_path / "started", []

    def work(request):
        name = Path(os.environ["IRRVIT_LAB"]).name
        if not started.exists():
            started.write_text(name)
            time.sleep(120)
        return name

    done = in_background(lambda: run(ray, work, [Job("pixel", offered(), None)], said))
    first = wait_for(lambda: started.exists() and started.read_text())
    lab.kill(hosts[first])
    assert done() == {"pixel": "host2" if first == "host1" else "host1"}
    assert any("went away" in stage and "begun once more" in stage for _, stage in said)


def test_a_job_waits_for_a_device_that_comes_and_says_so(
    lab, ray, offered, wait_for, in_background
):
    said = []
    done = in_background(lambda: run(ray, whole(0), [Job("pixel", offered(), None)], said))
    wait_for(lambda: said)
    lab.join(offer.resources([offered()]))
    assert done()["pixel"][0] == "host1"
    assert said == [("pixel", "no host has Pixel 8 now: waiting for one (or Ctrl-C)")]


def test_a_process_that_is_killed_is_begun_once_more_and_then_reported(lab, ray, offered):
    lab.join(offer.resources([offered()]))

    def work(request):
        os.kill(os.getpid(), 9)

    (sentence,) = run(ray, work, [Job("pixel", offered(), None)]).values()
    assert "its host or its process went away" in sentence
    assert sentence.endswith(", 2 times")


def test_work_that_raises_is_said_and_not_tried_again(lab, ray, offered):
    folder = lab.join(offer.resources([offered()]))

    def work(request):
        folder = Path(os.environ["IRRVIT_LAB"])
        folder.mkdir()  # A second time would fail otherwise.
        raise ValueError("no such thing")

    (sentence,) = run(ray, work, [Job("pixel", offered(), None)]).values()
    assert sentence == "it failed with ValueError: no such thing"
    assert folder.exists()


def test_a_device_that_is_gone_is_looked_for_on_other_hosts(lab, ray, offered):
    first, second = (lab.join(offer.resources([offered()])) for _ in "12")

    def work(request):
        node = ray.get_runtime_context().get_node_id()
        name = Path(os.environ["IRRVIT_LAB"]).name
        return name if name == request else Gone(node, name, "Pixel 8: unplugged")

    said = []
    elsewhere = Job("pixel", offered(), second.name, lab.node(first))
    assert run(ray, work, [elsewhere], said) == {"pixel": "host2"}
    assert said == [("pixel", "host1: Pixel 8: unplugged; it goes to another host")]
    (sentence,) = run(ray, work, [Job("pixel", offered(), "nowhere")]).values()
    assert sentence.endswith("Pixel 8: unplugged; no other host of the lab has one")
    pinned = Job("pixel", offered(), second.name, lab.node(first), is_pinned=True)
    (sentence,) = run(ray, work, [pinned]).values()
    assert sentence.startswith("host1: Pixel 8: unplugged")


def test_a_process_that_takes_too_much_memory_is_begun_once_more_and_then_reported(offered):
    """On a cluster of its own, where any memory is too much."""
    code = _TOO_MUCH.format(resource=offered().resource)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "its process was ended for the memory that it took, 2 times" in done.stdout


_TOO_MUCH = """
import time, ray
from irrvit.benchmark.lab import offer
from irrvit.benchmark.lab.dispatch import Job, dispatch
phone = offer.Offered("android", "Pixel 8", "", "", "", "", {{}}, ("cpu",), True)
assert phone.resource == "{resource}"
system = {{"memory_usage_threshold": 0.001, "memory_monitor_refresh_ms": 100}}
ray.init(
    address="local", resources=offer.resources([phone]), include_dashboard=False,
    log_to_driver=False, _system_config=system,
)
def work(request):
    time.sleep(60)
for _, answer in dispatch(ray, work, [Job("pixel", phone, None)], print):
    print(answer)
"""
