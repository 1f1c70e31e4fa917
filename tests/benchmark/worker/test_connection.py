"""Lines of JSON over a real socket, and everything that can come instead of an answer."""

import socket
import threading

import pytest

from irrvit.benchmark.errors import CommandFailed, NoAnswer
from irrvit.benchmark.worker.connection import WorkerConnection


@pytest.fixture
def talk():
    """Start a worker that says what `answer` makes of a line; None hangs up."""
    ours, theirs = socket.socketpair()

    def serve(answer):
        with theirs, theirs.makefile("rb") as lines:
            for line in lines:
                said = answer(line.decode())
                if said is None:
                    return
                theirs.sendall(said if isinstance(said, bytes) else said.encode())

    def talk(answer, timeout_s=5.0):
        threading.Thread(target=serve, args=(answer,), daemon=True).start()
        return WorkerConnection(
            ours.makefile("wb"),
            ours.makefile("rb"),
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
    with pytest.raises(NoAnswer, match=r"did not answer within 0\.1 s"):
        talk(lambda line: "", timeout_s=0.1).ask("logits")


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        (b"out of memory\n", "out of memory"),
        (b"[1]\n", r"\[1\]"),
        (b"\xff\xfe\n", "\ufffd\ufffd"),
        (b"x" * 100 + b"\n", "x{80}$"),
    ],
)
def test_a_line_that_is_no_answer_is_quoted(talk, said, quoted):
    with pytest.raises(CommandFailed, match=f"no answer: {quoted}"):
        talk(lambda line: said).ask("logits")


def test_bytes_follow_their_line(talk):
    heard = []

    def answer(line):
        heard.append(line)
        return "{}\n" if line == "is part of it\n" else ""

    content = (b"what follows\n", b"is part of it\n")
    assert talk(answer).ask("put", content=iter(content)) == {}
    assert heard == ['{"do": "put"}\n', "what follows\n", "is part of it\n"]


def test_what_a_worker_said_before_it_hung_up_is_heard(talk):
    """It takes no more of what follows its line, and has said why."""
    conversation = talk(lambda line: '{"error": "the phone is full"}\n' if "do" in line else None)
    pieces = (b"\n" * (1 << 20) for _ in range(64))
    with pytest.raises(CommandFailed, match="its runtime says: the phone is full"):
        conversation.ask("put", content=pieces)
