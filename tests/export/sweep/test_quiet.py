"""Threads of Ray's client fail in silence, those of anybody else as ever."""

import threading

import pytest

from irrvit.export.sweep import quiet


@pytest.fixture
def failed(monkeypatch):
    """Failures that were printed."""
    printed = []
    monkeypatch.setattr(threading, "excepthook", printed.append)
    quiet.hush.cache_clear()
    quiet.hush()
    yield printed
    quiet.hush.cache_clear()


@pytest.mark.parametrize(
    ("file", "is_printed"),
    [
        ("/x/site-packages/ray/util/client/dataclient.py", False),
        ("/x/site-packages/grpc/_channel.py", False),
        ("/x/site-packages/rayon/a.py", True),
        ("/x/irrvit/benchmark/ray.py", True),
    ],
)
def test_whose_code_fails_decides(failed, file, is_printed):
    scope = {}
    exec(compile("def act():\n    raise ValueError('the channel is closed')", file, "exec"), scope)
    thread = threading.Thread(target=scope["act"])
    thread.start()
    thread.join()
    assert len(failed) == is_printed


def test_it_is_done_once(failed):
    hook = threading.excepthook
    quiet.hush()
    assert threading.excepthook is hook
