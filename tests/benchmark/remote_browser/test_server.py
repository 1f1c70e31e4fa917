"""What a stranger in the network may do, which is to look at the page, and what each is told."""

from __future__ import annotations

import json
import socket
import ssl
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import pytest

from irrvit.benchmark.errors import BadOptions, RuntimeUnavailable
from irrvit.benchmark.remote_browser.server import RemoteServer

KEYS = ["next", "answer", "content"]


@pytest.fixture
def connect(server):
    """A connection of https, as a stranger's who does not care about certificates."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    def connect():
        return HTTPSConnection(urlsplit(server.url).netloc, timeout=10, context=trusting)

    return connect


def test_the_page_is_for_everybody_with_its_headers(connect):
    there = connect()
    there.request("GET", "/?benchmark=remote")
    answer = there.getresponse()
    assert (answer.status, answer.read()) == (200, b"the page")
    assert answer.getheader("Cross-Origin-Opener-Policy") == "same-origin"


@pytest.mark.parametrize(
    "path", ["/remote/content", "/remote/next", "/../headers.json", "/%2e%2e/headers.json"]
)
def test_nothing_else_is_to_be_had_by_an_address(connect, path):
    there = connect()
    there.request("GET", path)
    assert there.getresponse().status == 404


def test_a_phone_that_saw_the_code_is_let_ask_and_hears_who_answers(open_page, session):
    page = open_page()
    code = page.pair()  # It proves to the page, too, that the token is known here.
    assert code == session.guest.code
    assert session.guest.facts == page.device
    assert page.token not in page.key


def test_another_token_is_refused_and_uses_up_none(open_page, session):
    page = open_page()
    stranger = open_page("A" * 22)
    nonce = "0" * 32
    status, said = stranger.post("pair", {"nonce": nonce, "proof": "0" * 64, "device": {}})
    assert (status, b"not the QR code" in said) == (403, True)
    assert session.guest is None
    assert page.pair()


def test_a_second_phone_with_the_same_address_is_refused(open_page, session):
    first = open_page()
    first.pair()
    second = open_page(first.token)
    with pytest.raises(Exception, match="409 another phone has used this QR code"):
        second.pair()
    assert session.guest.key == first.key


def test_what_was_said_before_cannot_be_said_again(open_page, monkeypatch):
    page, sent = open_page(), []
    ask = page.ask
    monkeypatch.setattr(page, "ask", lambda act, said: sent.append(said) or ask(act, said))
    page.pair()
    status, _ = page.post("pair", sent[0])
    assert status == 409


def test_a_new_code_puts_out_whoever_had_the_last(open_page):
    old = open_page()
    old.pair()
    new = open_page()
    assert old.post("next", {"page": old.page})[0] == 401
    new.pair()
    assert old.post("next", {"page": old.page})[0] == 401


@pytest.mark.parametrize("act", KEYS)
@pytest.mark.parametrize("key", ["", "Bearer ", "Bearer " + "0" * 64, "Basic x", "Bearer \xe4"])
def test_without_the_key_nothing_is_told_and_nothing_believed(open_page, server, act, key):
    page = open_page()
    page.pair()
    server.offer("file", b"secret")
    status, said = page.post(act, {"page": page.page, "name": "file"}, Authorization=key)
    assert (status, b"scan its QR code again" in said, b"secret" in said) == (401, True, False)


def test_before_any_phone_came_there_is_no_key(open_page):
    assert open_page().post("next", {}, Authorization="Bearer ")[0] == 401


@pytest.mark.parametrize("act", ["pair", *KEYS])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_the_page_of_another_site_is_refused(open_page, act, origin):
    page = open_page()
    page.pair()
    status, said = page.post(act, {"page": page.page}, Origin=origin)
    assert (status, b"only the page of this server" in said) == (403, True)


def test_a_browser_is_told_of_no_other_site_that_may_ask(connect):
    there = connect()
    there.request("OPTIONS", "/remote/next", headers={"Origin": "https://evil.example"})
    answer = there.getresponse()
    assert (answer.status, answer.getheader("Access-Control-Allow-Origin")) == (501, None)


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"[1]", b'"text"', b"NaN", b'{"a": Infinity}', b"\xff\xfe", b"[" * 4000],
)
@pytest.mark.parametrize("act", ["pair", "answer"])
def test_what_is_no_object_of_json_is_refused(open_page, act, content):
    page = open_page()
    page.pair()
    status, said = page.post(act, content)
    assert (status, json.loads(said)["error"]) == (400, "a request is an object of JSON here")


@pytest.mark.parametrize(("act", "most"), [("pair", 4096), ("next", 4096), ("content", 4096)])
def test_a_request_has_a_greatest_length(open_page, act, most):
    page = open_page()
    page.pair()
    assert page.post(act, b" " * most)[0] == 400
    assert page.post(act, b" " * (most + 1))[0] == 413


@pytest.mark.parametrize(
    "length",
    ["67108865", f"{67108865:021}", "9" * 5000, "0" * 5000, "-1", "1e3", "", "\u0663", "1 2"],
)
def test_a_length_that_is_too_great_or_none_is_not_waited_for(open_page, connect, length):
    page = open_page()
    page.pair()
    there = connect()
    there.putrequest("POST", "/remote/answer")
    headers = {"Origin": f"https://{there.host}:{there.port}", "Content-Length": length}
    for name, value in (headers | {"Authorization": f"Bearer {page.key}"}).items():
        there.putheader(name, value.encode())
    there.endheaders()
    answer = there.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (413, "close")


def test_one_connection_takes_many_requests(open_page, connect):
    page = open_page()
    page.pair()
    there = connect()
    headers = {"Origin": f"https://{there.host}:{there.port}"}
    headers |= {"Authorization": f"Bearer {page.key}"}
    for _ in range(3):
        there.request("POST", "/remote/answer", b'{"page": "x"}', headers)
        assert there.getresponse().read() == b"{}"


@pytest.mark.parametrize("act", ["", "nothing", "../next", "next/"])
def test_a_request_that_there_is_not_is_said(open_page, act):
    page = open_page()
    page.pair()
    assert page.post(act, {})[0] == 404


@pytest.mark.parametrize("name", ["other", "../headers.json", None, 7, ["file"], {}])
def test_only_what_is_offered_is_to_be_had(open_page, server, name):
    page = open_page()
    page.pair()
    server.offer("file", b"content")
    assert page.post("content", {"name": name})[0] == 404
    assert page.post("content", {"name": "file"}) == (200, b"content")


def test_whoever_says_nothing_keeps_nobody_waiting(server, open_page):
    parts = urlsplit(server.url)
    silent = [socket.create_connection((parts.hostname, parts.port)) for _ in range(20)]
    assert open_page().pair()
    for each in silent:
        each.close()


def test_nothing_is_printed_of_what_is_asked(open_page, capfd):
    page = open_page()
    page.pair()
    page.post("pair", b"x")
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_said_with_what_to_do(session, folder, server):
    port = urlsplit(server.url).port
    with pytest.raises(RuntimeUnavailable, match=rf"port {port} of 127\.0\.0\.1 .*by --port"):
        RemoteServer(session, "127.0.0.1", port, page=folder / "dist")


def test_an_address_of_another_machine_is_said_with_what_to_do(session, folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(BadOptions, match=r"192\.0\.2\.1 is no address of this machine.*--address"):
        RemoteServer(session, "192.0.2.1", 0, page=folder / "dist")
