"""How a phone proves that it was shown the QR code, and this machine that it is the one that drew
it: neither ever sends the token itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

CODE_DIGITS = 6
_SECRET = re.compile(r"[A-Za-z0-9_-]{22,64}")


def new_secret() -> str:
    """128 bits that nobody can guess, as a fragment of an address takes them."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """What the phone shows, and the person types: which phone it is that asks."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def proof(secret: str, said: str) -> str:
    """Shows that whoever says this knows the secret; `web_app/src/runtime/remotePairing.ts`."""
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def is_secret(value: object) -> bool:
    """Whether it may be one at all: of this form, and no other."""
    return isinstance(value, str) and _SECRET.fullmatch(value) is not None


def is_same(given: object, expected: str) -> bool:
    """Compare in a time that tells nothing about where they differ."""
    return isinstance(given, str) and hmac.compare_digest(
        given.encode(errors="replace"), expected.encode()
    )
