"""Lines of JSON over a real socket, and everything that can come instead of an answer."""

import socket
import threading

import pytest

from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.worker.connection import WorkerConnection


@pytest.fixture
def talk():
    """Start a worker that says what `answer` makes of a line; None hangs up."""
    ours, theirs = socket.socketpair()

    def serve(answer):
        with theirs, theirs.makefile("rw") as stream:
            for line in stream:
                said = answer(line)
                if said is None:
                    return
                stream.write(said)
                stream.flush()

    def talk(answer, timeout_s=5.0):
        threading.Thread(target=serve, args=(answer,), daemon=True).start()
        return WorkerConnection(
            ours.makefile("w"),
            ours.makefile("r"),
            timeout_s=timeout_s,
            explain_end=lambda: "it hung up",
        )

    yield talk
    ours.close()
    theirs.close()


def test_what_is_asked_arrives_and_the_answer_comes_back(talk):
    conversation = talk(lambda line: '{"heard": ' + line.strip() + "}\n")
    assert conversation.ask("time", calls=3) == {"heard": {"do": "time", "calls": 3}}


def test_a_complaint_is_raised_in_its_own_words(talk):
    with pytest.raises(CommandFailed, match="its runtime says: no such file"):
        talk(lambda line: '{"error": "no such file"}\n').ask("load")


def test_a_worker_that_hangs_up_is_said_so_however_often_it_is_asked(talk):
    conversation = talk(lambda line: None)
    for _ in range(3):
        with pytest.raises(CommandFailed, match="it hung up"):
            conversation.ask("logits")


def test_an_answer_that_does_not_come_is_a_hang(talk):
    with pytest.raises(CommandFailed, match=r"did not answer within 0\.1 s"):
        talk(lambda line: "", timeout_s=0.1).ask("logits")


def test_a_line_that_is_no_answer_is_quoted(talk):
    with pytest.raises(CommandFailed, match="no answer: out of memory"):
        talk(lambda line: "out of memory\n").ask("logits")
