"""Authentication: callers send a key or the auth string, of which only hashes are known here."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from runledger.domain import access
from runledger.domain.access import SECRET, Caller, Scope
from runledger.settings import settings

BASIC, BEARER = "Basic ", "bearer "

# Returns the caller that shows the secret of a key; None if no key admits it.
FindCaller = Callable[[str], Caller | None]


class Unauthorized(Exception):  # noqa: N818
    """The caller sent neither a valid key nor the auth string."""

    def __init__(self, message: str = "Unauthorized") -> None:
        super().__init__(message)


def is_open() -> bool:
    """Return whether nobody is asked for credentials."""
    return settings().authentication == "off"


def authenticate(authorizations: Sequence[str], find_caller: FindCaller) -> Caller:
    """Return the caller that sent these Authorization headers (docs/contract/task-runs.md 1.4).

    They must be the same: API Gateway does not say by which one it caches an authorizer's answer.

    Raises:
        Unauthorized: they are missing, wrong or different.
    """
    if is_open():
        return access.ANYBODY
    if len(set(authorizations)) != 1:
        raise Unauthorized
    return _caller(*_credentials(authorizations[0]), find_caller)


def authenticate_token(token: str | None, find_caller: FindCaller) -> Caller | None:
    """Return the caller that sent this token in a WebSocket's first message; None if it is wrong.

    Clients send the auth string, the key, or an auth string whose password is the key
    (docs/contract/task-runs.md 6.1).
    """
    if is_open():
        return access.ANYBODY
    try:
        return _caller((token or "").encode(), _password(token or ""), find_caller)
    except Unauthorized:
        return None


def vouched_for(event: Mapping[str, Any], now: datetime) -> FindCaller:
    """Return how a function finds a caller: by what the authorizer has said of the same key."""
    said = event["requestContext"].get("authorizer") or {}

    def find_caller(secret: str) -> Caller | None:
        if said.get("keyId") != str(access.key_id(secret)):
            return None
        if said.get("expires") and datetime.fromisoformat(said["expires"]) <= now:
            return None
        return Caller(said["principalId"], Scope(said["scope"]), access.key_id(secret))

    return find_caller


def authorizer_context(caller: Caller) -> dict[str, str]:
    """Return what the authorizer says of a caller: `vouched_for` reads it."""
    if caller.key_id is None:
        return {}
    expires = {"expires": caller.expires.isoformat()} if caller.expires else {}
    return {"keyId": str(caller.key_id), "scope": caller.scope, **expires}


def _caller(auth_string: bytes, secret: str, find_caller: FindCaller) -> Caller:
    digest = hashlib.sha256(auth_string).hexdigest()
    if hmac.compare_digest(digest, settings().auth_sha256):
        return access.AUTH_STRING
    caller = find_caller(secret) if SECRET.fullmatch(secret) else None
    if caller is None:
        raise Unauthorized
    return caller


def _credentials(authorization: str) -> tuple[bytes, str]:
    """Return the auth string and the secret of a key that a header may have."""
    if authorization[: len(BEARER)].lower() == BEARER:
        return b"", authorization[len(BEARER) :]
    if not authorization.startswith(BASIC):
        raise Unauthorized
    try:
        auth_string = base64.b64decode(authorization.removeprefix(BASIC), validate=True)
    except (binascii.Error, ValueError):
        raise Unauthorized from None
    return auth_string, _password(auth_string.decode(errors="replace"))


def _password(auth_string: str) -> str:
    """Return what follows the colon, or all of a text without one."""
    return auth_string.rpartition(":")[2]
