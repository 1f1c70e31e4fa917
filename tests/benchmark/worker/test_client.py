"""What happens when a worker of this machine dies, hangs or is interrupted."""

import os
import signal

import numpy as np
import pytest

from irrvit.benchmark.devices import host
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import RunConfig

SIZE = 256


@pytest.fixture
def start():
    processes = []

    def start(runtime="litert", path=f"linear:{SIZE}", **config):
        processes.append(host.open(path, RunConfig(runtime=runtime, **config)))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.mark.needs("ai_edge_litert")
def test_a_process_that_dies_is_said_with_its_signal(start):
    process = start()
    process.set_input(np.zeros((SIZE, SIZE)))
    os.kill(process.pid, signal.SIGSEGV)
    with pytest.raises(CommandFailed, match=r"its process died \(SIGSEGV\)"):
        process.time(10)


@pytest.mark.needs("ai_edge_litert")
def test_a_process_that_hangs_is_ended_after_its_time(start):
    process = start(timeout_s=5.0)
    process.set_input(np.zeros((SIZE, SIZE)))
    os.kill(process.pid, signal.SIGSTOP)
    process._worker.timeout_s = 0.5
    with pytest.raises(CommandFailed, match=r"did not answer within 0\.5 s"):
        process.time(1)
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


@pytest.mark.needs("ai_edge_litert")
def test_an_interrupt_of_the_terminal_does_not_reach_the_process(start):
    process = start()
    process.set_input(np.zeros((SIZE, SIZE)))
    os.kill(process.pid, signal.SIGINT)
    assert len(process.time(3).latencies_ms) == 3
    assert os.getsid(process.pid) != os.getsid(0)
