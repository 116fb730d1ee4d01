"""Who may ask: callers show the auth string, of which only the hash is known here."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from runledger.settings import settings

SCHEME = "Basic "


def admits(authorizations: Sequence[str]) -> bool:
    """Tell whether a request with these Authorization headers may pass (contract, task-runs 1.4).

    Each has to be right: which of them API Gateway remembers an authorizer's answer by is not
    known. Where a hash is required and none is set, nobody may pass.
    """
    return all(_knows(_auth_string(shown)) for shown in authorizations or [""])


def admits_token(token: str | None) -> bool:
    """Tell whether who says this in a WebSocket's first message may go on (task-runs 6.1)."""
    return _knows((token or "").encode())


def _knows(auth_string: bytes) -> bool:
    if settings().authentication == "off":
        return True
    shown = hashlib.sha256(auth_string).hexdigest()
    return hmac.compare_digest(shown, settings().auth_sha256)


def _auth_string(authorization: str) -> bytes:
    if not authorization.startswith(SCHEME):
        return b""
    try:
        return base64.b64decode(authorization.removeprefix(SCHEME), validate=True)
    except (binascii.Error, ValueError):
        return b""
