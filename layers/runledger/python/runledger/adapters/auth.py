"""Authentication: callers send the auth string; the settings hold only its hash."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from runledger.settings import settings

SCHEME = "Basic "


def admits(authorizations: Sequence[str]) -> bool:
    """Return whether these Authorization headers are valid (docs/contract/task-runs.md 1.4).

    All of them must be: API Gateway does not say by which one it caches an authorizer's answer.
    Where authentication is required and no hash is set, none is valid.
    """
    return all(_is_valid(_auth_string(header)) for header in authorizations or [""])


def admits_token(token: str | None) -> bool:
    """Return whether the token of a WebSocket's first message is valid.

    See docs/contract/task-runs.md 6.1.
    """
    return _is_valid((token or "").encode())


def _is_valid(auth_string: bytes) -> bool:
    if settings().authentication == "off":
        return True
    digest = hashlib.sha256(auth_string).hexdigest()
    return hmac.compare_digest(digest, settings().auth_sha256)


def _auth_string(authorization: str) -> bytes:
    if not authorization.startswith(SCHEME):
        return b""
    try:
        return base64.b64decode(authorization.removeprefix(SCHEME), validate=True)
    except (binascii.Error, ValueError):
        return b""
