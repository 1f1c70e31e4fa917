"""What a phone reaches of this machine: the page for everybody, the rest for one phone alone."""

from __future__ import annotations

import errno
import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from irrvit.benchmark.browser.page_server import PageServer, Posted, Reply, built_page
from irrvit.benchmark.browser.serve_page import certificate
from irrvit.benchmark.errors import BadOptions, RuntimeUnavailable
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.remote_browser.session import Refused, Session

PATH = "/remote/"
# A stranger's words, and the answers of a phone that was let in: 8 million outputs.
_MOST_WORDS, _MOST_ANSWER = 4 << 10, 64 << 20
_BEARER = "Bearer "


class RemoteServer:
    """Serves the page by https on one address, and lets one phone talk to `session`."""

    def __init__(self, session: Session, address: str, port: int, *, page: Path | None = None):
        """Raises RuntimeUnavailable, in a sentence, if that cannot be."""
        self._session = session
        self._contents: dict[str, bytes] = {}
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        folder = page or built_page()
        tls.load_cert_chain(certificate(address))
        try:
            self._server = PageServer(folder, address=(address, port), tls=tls, post=self.reply)
        except OSError as error:
            raise _no_port(address, port, error) from error
        self.url = self._server.url
        self._origin = self.url.rstrip("/")

    def offer(self, name: str, content: bytes) -> None:
        """What the phone may fetch by this name, until something else has it."""
        self._contents[name] = content

    def close(self) -> None:
        self._server.close()

    def reply(self, posted: Posted) -> Reply:
        """What any request is answered with."""
        try:
            return self._reply(posted)
        except Refused as refused:
            return _to_reply({"error": str(refused)}, refused.status)

    def _reply(self, posted: Posted) -> Reply:
        # Another site's page, open in the same browser, is none of ours.
        if posted.header("Origin") != self._origin:
            raise Refused(403, "only the page of this server may ask")
        act = posted.path.removeprefix(PATH)
        if act == "pair":
            return _to_reply(self._session.pair(_read(posted, _MOST_WORDS)))
        self._session.require(posted.header("Authorization").removeprefix(_BEARER))
        match act:
            case "next":
                return _to_reply(self._session.next(_read(posted, _MOST_WORDS)))
            case "answer":
                self._session.hear(_read(posted, _MOST_ANSWER))
                return _to_reply({})
            case "content":
                return self._content(_read(posted, _MOST_WORDS).get("name"))
        raise Refused(404, "there is no such request")

    def _content(self, name: object) -> Reply:
        content = self._contents.get(name) if isinstance(name, str) else None
        if content is None:
            raise Refused(404, "there is no such content any more")
        return Reply(200, content)


def _read(posted: Posted, most: int) -> dict[str, Any]:
    content = posted.read(most)
    if content is None:
        raise Refused(413, f"a request has a length of at most {most} bytes here")
    said = words.parse(content)
    if said is None:
        raise Refused(400, "a request is an object of JSON here")
    return said


def _to_reply(said: Mapping[str, Any], status: int = 200) -> Reply:
    return Reply(status, json.dumps(said).encode(), "application/json")


def _no_port(address: str, port: int, error: OSError) -> Exception:
    if error.errno == errno.EADDRNOTAVAIL:
        return BadOptions(
            f"{address} is no address of this machine: name one that the phone can reach by "
            "--address"
        )
    return RuntimeUnavailable(
        f"port {port} of {address} cannot be used: {error.strerror}; choose another by --port"
    )
