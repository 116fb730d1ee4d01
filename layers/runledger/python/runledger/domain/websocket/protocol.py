"""The WebSocket protocol's messages, up to a subscription (docs/contract/task-runs.md 6.1)."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from runledger.domain.access import Caller, Scope
from runledger.domain.errors import Forbidden

SUBPROTOCOL = "prefect"
AUTH_SUCCESS = '{"type":"auth_success"}'

# The time limit for credentials, where they are required: the first message has them, and clients
# give up a longer handshake.
TIME_TO_AUTHENTICATE = timedelta(seconds=10)
SILENT = "No credentials within 10 seconds"
ENDED = "The key has been revoked or has expired"

# Close codes of RFC 6455, and the reference's own for a broken order of messages.
NORMAL, DROPPED, POLICY_VIOLATION, INTERNAL_ERROR = 1000, 1006, 1008, 1011
PROTOCOL_ERROR, PROTOCOL_VIOLATION = 1002, 4001

Message = Mapping[str, Any]

# Returns the caller with this token; None if it admits nobody.
AuthenticateToken = Callable[[str | None], Caller | None]


class CloseConnection(Exception):  # noqa: N818 - an end, not a fault
    """The server closes the connection; a dropped one ends without a closing handshake."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Subscription(NamedTuple):
    """A task worker's subscription: runs of these task keys, in this order."""

    client_id: str
    task_keys: tuple[str, ...]


def read(text: str) -> Message:
    """Parse a message.

    Raises:
        CloseConnection: it is not JSON, not an object, or contains a lone surrogate.
    """
    try:
        message = json.loads(text)
        json.dumps(message, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise CloseConnection(DROPPED) from None
    if not isinstance(message, dict):
        raise CloseConnection(DROPPED)
    return message


def authenticate(text: str, needed: Scope, authenticate_token: AuthenticateToken) -> Caller:
    """Return the caller whose credentials are in the first message.

    Raises:
        CloseConnection: they are missing or wrong, or are for less than the path needs.
    """
    message = read(text)
    if message.get("type") != "auth":
        raise CloseConnection(POLICY_VIOLATION, "Expected 'auth' message")
    token = message.get("token")
    caller = authenticate_token(token if isinstance(token, str) else None)
    if caller is None:
        reason = "Invalid token" if token else "Auth required but no token provided"
        raise CloseConnection(POLICY_VIOLATION, reason)
    try:
        caller.check(needed)
    except Forbidden as forbidden:
        raise CloseConnection(POLICY_VIOLATION, str(forbidden)) from None
    return caller


def subscription(message: Message) -> Subscription:
    """Parse the subscription of a task worker.

    As in the reference, a text as keys means its letters; keys that are not text match no task.

    Raises:
        CloseConnection: the message is something else.
    """
    if message.get("type") != "subscribe":
        raise _violation("'subscribe' message")
    keys, client_id = message.get("keys"), message.get("client_id")
    if not keys:
        raise _violation("'keys' in subscribe message")
    if not client_id:
        raise _violation("'client_id' in subscribe message")
    if isinstance(client_id, list | dict):
        raise CloseConnection(DROPPED)
    return Subscription(str(client_id), _names(keys))


def _names(keys: Any) -> tuple[str, ...]:  # noqa: ANN401 - any JSON
    try:
        distinct = dict.fromkeys(keys)
    except TypeError:
        raise CloseConnection(DROPPED) from None
    return tuple(key for key in distinct if isinstance(key, str))


def _violation(expected: str) -> CloseConnection:
    return CloseConnection(PROTOCOL_VIOLATION, f"Protocol violation: expected {expected}")
