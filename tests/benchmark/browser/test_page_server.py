"""The built page is current and served with its headers, or a sentence says what to do."""

import json
import os
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from irrvit.benchmark.browser.page_server import PageServer, built_page
from irrvit.benchmark.errors import RuntimeUnavailable


@pytest.fixture
def web_app(tmp_path) -> Path:
    """A page that was built a second after its sources were written."""
    contents = {
        "package.json": "{}",
        "headers.json": json.dumps({"Cross-Origin-Opener-Policy": "same-origin"}),
        "src/app/main.ts": "",
        "dist/index.html": "<title>page</title>",
        "dist/code.wasm": "code",
        "secret.txt": "not of the page",
    }
    for name, content in contents.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        os.utime(file, (100, 100 + name.startswith("dist")))
    return tmp_path


@pytest.fixture
def server(web_app):
    server = PageServer(built_page(web_app), address=("127.0.0.1", 0))
    yield server
    server.close()


def test_a_page_that_is_newer_than_its_sources_is_used(web_app):
    assert built_page(web_app) == web_app / "dist"


def test_a_page_that_is_older_than_a_source_is_refused(web_app):
    os.utime(web_app / "src/app/main.ts", (200, 200))
    with pytest.raises(RuntimeUnavailable, match=r"older than .*main\.ts: run `irrvit-bench se"):
        built_page(web_app)


def test_a_page_that_is_not_built_is_asked_for(web_app):
    (web_app / "dist/index.html").unlink()
    with pytest.raises(RuntimeUnavailable, match="is not built: run `irrvit-bench setup brow"):
        built_page(web_app)


def test_an_installation_without_the_sources_says_so(tmp_path):
    with pytest.raises(RuntimeUnavailable, match="not part of this installation"):
        built_page(tmp_path / "web_app")


def test_every_answer_has_the_headers_of_the_page(server):
    for path in ("", "code.wasm"):
        with urlopen(server.url + path) as answer:
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_webassembly_is_served_as_such(server):
    with urlopen(server.url + "code.wasm") as answer:
        assert (answer.headers["Content-Type"], answer.read()) == ("application/wasm", b"code")


def test_bytes_beside_the_page_are_served(server):
    server.extra["/benchmark/model"] = b"model"
    with urlopen(server.url + "benchmark/model") as answer:
        assert answer.read() == b"model"


@pytest.mark.parametrize("path", ["missing", "../secret.txt", "%2e%2e/secret.txt"])
def test_nothing_else_is_served(server, path):
    with pytest.raises(HTTPError, match="404"):
        urlopen(server.url + path)
