"""A server with a page that says nothing, and phones that are played."""

from __future__ import annotations

import runpy
import socket
from pathlib import Path

import pytest

from irrvit.benchmark.remote_browser import session as talk
from irrvit.benchmark.remote_browser.invite import address_of_page
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import Session

PLAYED = runpy.run_path(str(Path(__file__).with_name("played.py")))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the certificate is kept and the page lies, built as little as can be."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "headers.json").write_text('{"Cross-Origin-Opener-Policy": "same-origin"}')
    (folder / "dist").mkdir()
    (folder / "dist/index.html").write_text("the page")
    return folder


@pytest.fixture
def quick(monkeypatch):
    """A page that is silent is missed soon."""
    monkeypatch.setattr(talk, "POLL_S", 0.2)
    monkeypatch.setattr(talk, "LOST_S", 0.6)


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def server(session, folder, monkeypatch):
    monkeypatch.chdir(folder)
    server = RemoteServer(session, "127.0.0.1", 0, page=folder / "dist")
    yield server
    session.end(0)
    server.close()


@pytest.fixture
def open_page(server, session):
    """A page by a new QR code, or by the address of one that was shown before."""
    pages = []

    def open_page(token=None, **options):
        address = address_of_page(server.url, session.invite() if token is None else token)
        pages.append(PLAYED["PlayedPage"](address, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.stop()


@pytest.fixture
def page(open_page, session):
    """A page whose phone was let in, and that does what it is asked."""
    page = open_page()
    page.pair()
    session.let_in()
    page.start()
    while not session.page:
        pass
    return page
