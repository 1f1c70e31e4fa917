"""A phone's page as tests play it: what it posts, what it answers, and how it misbehaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from contextlib import suppress
from http.client import HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

import numpy as np

CALL_MS = 2.0
DEVICE = {
    "name": "Safari 18.5 on iPhone; CPU iPhone OS 18_5 like Mac OS X",
    "os": "iPhone; CPU iPhone OS 18_5 like Mac OS X",
    "ram_bytes": 0,
    "cores": 4,
    "identity": "0123456789abcdef" * 2,
}


def proof(secret: str, said: str) -> str:
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


class Gone(Exception):
    """The computer does not want this page any more; has its words."""


class PlayedPage:
    """Opens the address of a QR code, as `web_app/src/runtime/remoteConnection.ts` does.

    Attributes:
        answers: what it answers to a command instead of what is right: a value, or what makes one.
        heard: the commands that it was asked to do, in their order.
    """

    def __init__(self, address: str, *, key: str = "", page: str = ""):
        self.parts = urlsplit(address)
        self.token = self.parts.fragment
        self.key, self.page = key, page or secrets.token_hex(16)
        self.device = dict(DEVICE)
        self.answers: dict[str, Any] = {}
        self.heard: list[str] = []
        self.is_hidden, self._got, self._is_stopped = False, 0, False
        self._own = threading.local()
        self._pixels: dict[int, np.ndarray] = {}
        self._sessions: dict[int, object] = {}

    def post(self, act: str, said: object, **headers: str) -> tuple[int, bytes]:
        """Status and body of one request; a header of None is left out."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        origin = f"https://{self.parts.netloc}"
        sent = {"Origin": origin, "Authorization": f"Bearer {self.key}"} | headers
        there = self._connection()
        try:
            there.request("POST", f"/remote/{act}", body, sent)
            answer = there.getresponse()
            return answer.status, answer.read()
        except OSError:
            there.close()
            raise

    def _connection(self) -> HTTPSConnection:
        """One for each thread, kept as browsers keep theirs."""
        if not hasattr(self._own, "connection"):
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            there = HTTPSConnection(self.parts.netloc, timeout=20, context=trusting)
            self._own.connection = there
        return self._own.connection

    def ask(self, act: str, said: dict, **headers: str) -> dict:
        """The same, of a request that is to be understood; raises Gone."""
        status, body = self.post(act, said, **headers)
        answer = json.loads(body)
        if status != 200:
            raise Gone(f"{status} {answer['error']}")
        return answer

    def pair(self) -> str:
        """The code that the page shows."""
        nonce = secrets.token_hex(16)
        mine = proof(self.token, f"page {nonce}")
        answer = self.ask("pair", {"nonce": nonce, "proof": mine, "device": self.device})
        assert answer["proof"] == proof(self.token, f"computer {nonce}")
        self.key = answer["key"]
        return answer["code"]

    def tell(self, **what: Any) -> None:
        self.ask("answer", {"page": self.page, "hidden": self.is_hidden, **what})

    def start(self) -> threading.Thread:
        """Do what is wanted, in the background, until `stop` or the end."""
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """As a phone does that leaves the network."""
        self._is_stopped = True

    def close(self) -> None:
        """As a page does that its person closes."""
        self.stop()
        time.sleep(0.3)  # What it asked last is on its way, and does not overtake this.
        self.tell(closed=True)

    def _listen(self) -> None:
        with suppress(Gone, OSError):
            while not self._is_stopped:
                said = {"page": self.page, "got": self._got, "hidden": self.is_hidden}
                question = self.ask("next", said)
                if question["do"] == "end":
                    return
                if question["do"] != "wait" and not self._is_stopped:
                    self._got = question["id"]
                    self._answer(question)

    def _answer(self, question: dict) -> None:
        do = question["do"]
        self.heard.append(do)
        answer: Any = self.answers.get(do, getattr(self, f"_{do}"))
        found: Any = answer(question) if callable(answer) else answer
        if found is not None and not self._is_stopped:
            self.tell(**found | {"id": question["id"]})

    def _content(self, name: str) -> bytes:
        status, body = self.post("content", {"name": name})
        assert status == 200, body
        return body

    def _prepare(self, question: dict) -> dict:
        return {}

    def _load(self, question: dict) -> dict:
        from onnxruntime import InferenceSession

        content = self._content(question["name"])
        assert hashlib.sha256(content).hexdigest() == question["name"]
        self._sessions[question["worker"]] = InferenceSession(content)
        return {"load_ms": 7.5, "version": "played 1", "accelerator": "cpu", "threads": 1}

    def _set(self, question: dict) -> dict:
        self._pixels[question["worker"]] = np.frombuffer(self._content(question["name"]), "<f4")
        return {}

    def _time(self, question: dict) -> dict:
        calls = question["calls"]
        time.sleep(calls * CALL_MS / 1000)
        jitter = 1 - 0.001 * np.arange(calls) % 0.01
        latencies = (CALL_MS * jitter).tolist()
        return {"latencies_ms": latencies, "calls_per_value": 1, "wall_ms": calls * CALL_MS}

    def _logits(self, question: dict) -> dict:
        session = self._sessions[question["worker"]]
        (wanted,) = session.get_inputs()  # pyright: ignore[reportAttributeAccessIssue]
        pixels = self._pixels[question["worker"]].reshape(wanted.shape)
        (found,) = session.run(None, {wanted.name: pixels})  # pyright: ignore
        return {"base64": base64.b64encode(found.astype("<f4").tobytes()).decode()}

    def _close(self, question: dict) -> dict:
        self._sessions.pop(question["worker"], None)
        return {}

    def _state(self, question: dict) -> dict:
        return {"battery_percent": 80, "charging": False}
