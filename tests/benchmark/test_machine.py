"""This machine as Linux tells of it, and elsewhere nothing that is made up."""

import time

from irrvit.benchmark import machine


def test_work_makes_this_machine_busy():
    before, start = machine.busy_s(), time.perf_counter()
    while time.perf_counter() < start + 0.5:
        pass
    after = machine.busy_s()
    assert before is not None
    assert after is not None
    assert after - before >= 0.3


def test_a_program_on_it_is_another_device_only_by_its_identity():
    plain = machine.describe("host")
    inside = machine.describe("browser", inside="A Browser 1.0", identity="A Browser")
    assert inside.name == f"A Browser 1.0 on {plain.name}"
    assert inside.id_hash == machine.describe("browser", identity="A Browser").id_hash
    assert inside.id_hash != plain.id_hash


def test_what_the_system_does_not_say_is_none():
    assert machine.cpuinfo("no such field") is None
