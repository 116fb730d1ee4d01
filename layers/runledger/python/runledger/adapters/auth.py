"""Who may ask: callers show the auth string, of which only the hash is known here."""

import base64
import binascii
import hashlib
import hmac

from runledger.settings import settings

SCHEME = "Basic "


def admits(authorization: str | None) -> bool:
    """Tell whether a request with this Authorization header may pass (contract, task-runs 1.4).

    Where a hash is required and none is set, nobody may.
    """
    if settings().authentication == "off":
        return True
    shown = hashlib.sha256(_auth_string(authorization)).hexdigest()
    return hmac.compare_digest(shown, settings().auth_sha256)


def _auth_string(authorization: str | None) -> bytes:
    if authorization is None or not authorization.startswith(SCHEME):
        return b""
    try:
        return base64.b64decode(authorization.removeprefix(SCHEME), validate=True)
    except (binascii.Error, ValueError):
        return b""
