"""The page of `web_app/` as it was built, served with the headers that it needs."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from irrvit.benchmark.errors import RuntimeUnavailable

# Beside this package in a checkout; what pip installs from elsewhere does not have it.
WEB_APP = Path(__file__).resolve().parents[2] / "web_app"
_LOOK_S = 0.05  # How soon it notices that it is to end.
_DIGITS = 12  # Of a length, leading zeros included: Python refuses to read thousands of them.
_BUILD = "run `irrvit-bench setup browser`"
_SOURCES = ("src/**/*", "public/*", "index.html", "headers.json", "*.ts", "package-lock.json")


def sources(web_app: Path = WEB_APP) -> Path:
    """The folder that the page is built from; RuntimeUnavailable if it is not there."""
    if not (web_app / "package.json").exists():
        raise RuntimeUnavailable(
            "the page that runs files in a browser is not part of this installation: expected "
            f"{web_app}; clone the repository, `make setup` there, and {_BUILD}"
        )
    return web_app


def built_page(web_app: Path = WEB_APP) -> Path:
    """The folder of the built page.

    Raises:
        RuntimeUnavailable: it was not built, or from other sources than those that are there.
    """
    page = sources(web_app) / "dist"
    if not (page / "index.html").exists():
        raise RuntimeUnavailable(f"the page that runs files in a browser is not built: {_BUILD}")
    built = (page / "index.html").stat().st_mtime
    files = [path for pattern in _SOURCES for path in web_app.glob(pattern) if path.is_file()]
    changed = max(files, key=lambda path: path.stat().st_mtime)
    if changed.stat().st_mtime > built:
        raise RuntimeUnavailable(
            f"the built page is older than {changed.relative_to(web_app.parent)}: {_BUILD}"
        )
    return page


@dataclass(frozen=True)
class Posted:
    """What a page asks by POST.

    Attributes:
        header: the value of a header, "" without one.
        read: its body; None if it is longer than this, or does not say how long it is.
    """

    path: str
    header: Callable[[str], str]
    read: Callable[[int], bytes | None]


@dataclass(frozen=True)
class Reply:
    """What a page is answered."""

    status: int
    content: bytes
    type: str = "application/octet-stream"


class PageServer:
    """Serves the page in the background, and `extra`: bytes by their path.

    Args:
        tls: to serve https; None for http, which browsers trust on loopback alone.
        post: answers what the page posts; without it, it may post nothing.
    """

    def __init__(
        self,
        page: Path,
        *,
        address: tuple[str, int],
        tls: ssl.SSLContext | None = None,
        post: Callable[[Posted], Reply] | None = None,
    ):
        self.extra: dict[str, bytes] = {}
        headers = json.loads((page.parent / "headers.json").read_text())
        handler = partial(
            _Handler, headers=headers, extra=self.extra, post=post, directory=str(page)
        )
        self._server = _Server(address, handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if tls is None else "https"
        self.port = self._server.server_port
        self.url = f"{scheme}://{address[0]}:{self.port}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_S,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no event."""


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # Whoever connects and says nothing gets no thread for ever.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
    }

    def __init__(
        self,
        *args: object,
        headers: dict[str, str],
        extra: dict[str, bytes],
        post: Callable[[Posted], Reply] | None,
        directory: str,
    ):
        self._sent_headers, self._extra, self._post = headers, extra, post
        super().__init__(*args, directory=directory)  # pyright: ignore[reportArgumentType]

    def do_GET(self) -> None:
        content = self._extra.get(self.path)
        if content is None:
            return super().do_GET()
        kind = self.guess_type(self.path.partition("?")[0])
        self._send(Reply(200, content, kind))

    def do_POST(self) -> None:
        if self._post is None:
            return self.send_error(501)
        # Of a request that is refused the body is not read, and would be taken for the next one.
        self.close_connection = True
        self._send(self._post(Posted(self.path, self._header, self._read)))

    def _header(self, name: str) -> str:
        return self.headers.get(name, "")

    def _read(self, most: int) -> bytes | None:
        length = self._header("Content-Length")
        is_count = length.isascii() and length.isdigit() and len(length) <= _DIGITS
        if not is_count or int(length) > most:
            return None
        content = self.rfile.read(int(length))
        self.close_connection = False
        return content

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(reply.content)

    def end_headers(self) -> None:
        for name, value in self._sent_headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: stderr is for what a person has to know."""
