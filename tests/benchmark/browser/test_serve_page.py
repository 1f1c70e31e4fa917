"""The page for a phone: its certificate, its addresses, and what a person is told."""

import ssl
import subprocess
import sys
from urllib.request import urlopen

import pytest

from irrvit.benchmark.browser.page_server import PageServer
from irrvit.benchmark.browser.serve_page import certificate, invitation, lan_address


def test_a_certificate_is_made_once_and_its_key_is_nobody_elses(tmp_path):
    path = certificate("127.0.0.1", tmp_path)
    content = path.read_bytes()
    assert certificate("127.0.0.1", tmp_path).read_bytes() == content
    assert path.stat().st_mode & 0o077 == 0


def test_whoever_trusts_the_certificate_gets_the_page_by_https(tmp_path):
    (tmp_path / "headers.json").write_text("{}")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("page")
    path = certificate("127.0.0.1", tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(path)
    server = PageServer(tmp_path / "dist", address=("127.0.0.1", 0), tls=tls)
    try:
        trusting = ssl.create_default_context(cafile=path)
        with urlopen(f"https://127.0.0.1:{server.port}/", context=trusting) as answer:
            assert answer.read() == b"page"
    finally:
        server.close()


@pytest.mark.needs("segno")
def test_the_invitation_has_each_way_to_the_page():
    said = invitation("192.0.2.7", 8443, 8080)
    assert "https://192.0.2.7:8443/\n" in said
    assert "adb reverse tcp:8080 tcp:8080\n" in said
    assert "http://localhost:8080/" in said
    assert said.count("\u2588") > 100, "no QR code"


def test_the_address_is_one_of_this_machine():
    parts = lan_address().split(".")
    assert len(parts) == 4
    assert all(0 <= int(part) <= 255 for part in parts)


def test_help_names_the_options():
    command = [sys.executable, "-m", "irrvit.benchmark.browser.serve_page", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "--https-port" in said
