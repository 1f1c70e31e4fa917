"""A connection to the app: lines, bytes after them, and an app that takes neither."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from irrvit.benchmark.errors import CommandFailed, NoAnswer
from irrvit.benchmark.iphone.link import Link


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_bytes_follow_the_line_of_their_command(ends):
    ours, theirs = ends
    heard = []

    def serve():
        lines = theirs.makefile("rb")
        heard.append((lines.readline(), lines.read(6)))
        theirs.sendall(b'{"bytes": 6}\n')

    threading.Thread(target=serve).start()
    link = Link(ours, timeout_s=5.0, explain_end=lambda: "it ended")
    assert link.ask("put", bytes=6, content=[b"abc", b"def"]) == {"bytes": 6}
    assert heard == [(b'{"do": "put", "bytes": 6}\n', b"abcdef")]
    link.close()


def test_an_app_that_takes_nothing_more_is_given_up(ends):
    link = Link(ends[0], timeout_s=0.3, explain_end=lambda: "it ended")
    begin = time.monotonic()
    with pytest.raises(NoAnswer, match=r"did not answer within 0\.3 s"):
        link.ask("put", content=(bytes(1 << 20) for _ in range(64)))
    link.close()
    assert time.monotonic() - begin < 5


def test_a_connection_that_ends_is_explained_and_closed_without_a_word(ends):
    ours, theirs = ends
    link = Link(ours, timeout_s=5.0, explain_end=lambda: "it ended")
    theirs.close()
    with pytest.raises(CommandFailed, match="it ended"):
        link.ask("hello")
    link.close()
    link.close()  # A second time does no harm.
