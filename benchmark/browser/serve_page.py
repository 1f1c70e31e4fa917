"""`python -m irrvit.benchmark.browser.serve_page`: the built page for a phone on the desk, until
Ctrl-C.

Cameras, threads and hashes need a page that the browser trusts: https, or http on the phone's own
loopback, which `adb reverse` leads here.
"""

from __future__ import annotations

import argparse
import io
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from irrvit.benchmark.browser.page_server import PageServer, built_page
from irrvit.benchmark.errors import BenchmarkError, RuntimeUnavailable

HTTPS_PORT, HTTP_PORT = 8443, 8080
_CERTIFICATES = Path("artifacts") / "certificates"
_DAYS = 30
_DAY_S = 86400


def lan_address() -> str:
    """This machine's address in its network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # Set aside for documentation: nobody's.
        except OSError:
            return "127.0.0.1"
        return asking.getsockname()[0]


def certificate(address: str, folder: Path = _CERTIFICATES) -> Path:
    """A certificate of this machine's own making with its key, kept so that phones warn once.

    Raises:
        RuntimeUnavailable: there is no openssl to make it with.
    """
    path = folder / f"{address}.pem"
    if path.exists() and time.time() - path.stat().st_mtime < (_DAYS - 1) * _DAY_S:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    command = ["openssl", "req", "-x509", "-nodes", "-days", str(_DAYS), "-newkey", "rsa:2048"]
    names = f"subjectAltName=IP:{address},DNS:localhost"
    command += ["-subj", "/CN=IRRViT Mobile", "-addext", names, "-keyout", "-", "-out", "-"]
    try:
        made = subprocess.run(command, capture_output=True, check=True)
    except FileNotFoundError as error:
        raise RuntimeUnavailable(
            "openssl is not installed, and makes the certificate that https needs: install it "
            "(on Debian: apt-get install openssl)"
        ) from error
    except subprocess.CalledProcessError as error:
        printed = error.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeUnavailable(f"openssl made no certificate: {printed[-1:]}") from error
    path.touch(mode=0o600)  # It has the key.
    path.write_bytes(made.stdout)
    return path


def qr_code(url: str) -> str:
    """The address for a phone's camera, in half blocks of a terminal.

    Raises:
        RuntimeUnavailable: the package that draws it is not installed.
    """
    try:
        import segno
    except ModuleNotFoundError as error:
        raise RuntimeUnavailable(
            "the package segno is not installed, and draws QR codes: "
            'pip install "irrvit-mobile[browser]"'
        ) from error

    drawn = io.StringIO()
    segno.make(url, error="m").terminal(drawn, compact=True)
    return drawn.getvalue()


def invitation(address: str, https_port: int, http_port: int) -> str:
    """How to open the page: by network, by cable, here."""
    url = f"https://{address}:{https_port}/"
    return f"""\
On a phone in this machine's network:  {url}
{qr_code(url)}
  The certificate was made here, so the phone warns once: choose to go on all the same.

On an Android phone at a cable, with no warning and offline afterwards:
  adb reverse tcp:{http_port} tcp:{http_port}
  and open http://localhost:{http_port}/ there

On this machine:  http://localhost:{http_port}/

The page is served until Ctrl-C.
"""


def serve(address: str, https_port: int, http_port: int) -> None:
    """Serve until SIGINT or SIGTERM; raises RuntimeUnavailable if that cannot be."""
    page = built_page()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate(address))
    servers: list[PageServer] = []
    try:
        for host, port, secured in (("", https_port, tls), ("127.0.0.1", http_port, None)):
            servers.append(_listen(page, host, port, secured))
        print(invitation(address, servers[0].port, servers[1].port), flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        for server in servers:
            server.close()


def _listen(page: Path, host: str, port: int, tls: ssl.SSLContext | None) -> PageServer:
    try:
        return PageServer(page, address=(host, port), tls=tls)
    except OSError as error:
        raise RuntimeUnavailable(
            f"port {port} cannot be used: {error.strerror}; choose another by --https-port or "
            "--http-port"
        ) from error


def main() -> int:
    parser = argparse.ArgumentParser(prog="make web-serve", description=__doc__)
    parser.add_argument("--address", default=lan_address(), help="default: %(default)s")
    parser.add_argument("--https-port", type=int, default=HTTPS_PORT, help="default: %(default)s")
    parser.add_argument("--http-port", type=int, default=HTTP_PORT, help="default: %(default)s")
    chosen = parser.parse_args()
    # Before any thread starts, so that the signals wait for `sigwait` in all of them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        serve(chosen.address, chosen.https_port, chosen.http_port)
    except BenchmarkError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
