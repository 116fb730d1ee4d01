"""WebSocket conversations of clients: handshakes, answers to runs, breaches of the order."""

from collections.abc import Iterator
from typing import NamedTuple

SCHEDULED, EVENTS_IN = "/task_runs/subscriptions/scheduled", "/events/in"
EVENTS_OUT, LOGS_OUT = "/events/out", "/logs/out"

# Instead of a message: wait for one of the server's.
HEAR = object()
# In a message: the key of a task that only this conversation is about; its client is called so too.
KEY = "<key>"


class Talk(NamedTuple):
    """A client's part; what is neither text nor bytes is said as JSON."""

    name: str
    says: tuple[object, ...]
    path: str = SCHEDULED
    subprotocols: tuple[str, ...] = ("prefect",)
    # The server asks for a password.
    locked: bool = False
    # How many background runs wait for who says this.
    runs: int = 0
    # The kept difference, a heading of docs/differences.md, because of which the ends differ.
    rule: str = ""


NULL: dict[str, object] = {"type": "auth", "token": None}
SUBSCRIBE: dict[str, object] = {"type": "subscribe", "keys": [KEY], "client_id": KEY}
ACK = {"type": "ack"}
NO_MESSAGES: tuple[object, ...] = ("", "auth", "[]", "null", "5", '{"type":', "[" * 100_000, b"{}")
ODD_KEYS: tuple[object, ...] = (None, [], "", {}, KEY, [KEY, KEY], ["other", KEY], {KEY: 1})
NO_NAMES: tuple[object, ...] = (5, 1.5, True, [[KEY]], [KEY, {}])
NO_FILTERS: tuple[object, ...] = (
    *NO_MESSAGES,
    {},
    {"filter": {}},
    {"type": None},
    {"type": "filter"},
)
TOKENS: tuple[object, ...] = ("", "other:pass", 5, True, [], {}, ["admin:pass"])


def talks(auth: str) -> Iterator[Talk]:
    yield from _handshakes(auth)
    for number, message in enumerate((*NO_MESSAGES, {}, SUBSCRIBE, {"type": None}, {"type": 5})):
        yield Talk(f"first message {number}", (message,))
    for number, token in enumerate(TOKENS):
        said = {"type": "auth", "token": token}
        yield Talk(f"token {number}", (said, HEAR, SUBSCRIBE))
        rule = "Credentials" if token and not isinstance(token, str) else ""
        yield Talk(f"token {number}, locked", (said,), locked=True, rule=rule)
    yield Talk("no token", ({"type": "auth"},), locked=True)
    yield Talk("the token", ({"type": "auth", "token": auth}, HEAR, SUBSCRIBE), locked=True)
    for number, message in enumerate((*NO_MESSAGES, *_subscriptions())):
        yield Talk(f"second message {number}", (NULL, HEAR, message))
    for path in (EVENTS_OUT, LOGS_OUT):
        for number, message in enumerate(NO_FILTERS):
            yield Talk(f"{path}, message {number}", (NULL, HEAR, message), path)
    yield from _deliveries()


def _handshakes(auth: str) -> Iterator[Talk]:
    said = {"type": "auth", "token": auth}
    for locked in (False, True):
        for number, offered in enumerate(((), ("other",), ("other", "prefect"))):
            yield Talk(f"offer {number}, locked {locked}", (), SCHEDULED, offered, locked)
        for path in (EVENTS_IN, EVENTS_OUT, LOGS_OUT):
            yield Talk(f"{path}, locked {locked}", (said,), path, locked=locked)
            yield Talk(f"{path} without auth, locked {locked}", ("{}",), path, locked=locked)
            yield Talk(f"{path} without JSON, locked {locked}", ("x",), path, locked=locked)
    yield Talk("subscribed at once", (SUBSCRIBE,), subprotocols=())
    yield Talk("no path", (), "/task_runs/subscriptions/other")


def _subscriptions() -> Iterator[object]:
    yield from (ACK, NULL, {"type": "subscribe"}, {"keys": [KEY], "client_id": KEY})
    yield from (SUBSCRIBE | {"keys": keys} for keys in (*ODD_KEYS, *NO_NAMES))
    for client_id in (None, "", [KEY], {KEY: 1}):
        yield SUBSCRIBE | {"client_id": client_id}
    yield SUBSCRIBE | {"more": 1}


def _deliveries() -> Iterator[Talk]:
    begun = (NULL, HEAR, SUBSCRIBE, HEAR)
    yield Talk("a run", begun, runs=1)
    yield Talk("a run and no second before it is acknowledged", begun, runs=2)
    yield Talk("a run and the next", (*begun, ACK, HEAR), runs=2)
    yield Talk("all runs", (*begun, ACK, HEAR, ACK), runs=2)
    for number, answer in enumerate(({"type": "quit"}, {"type": "other"}, {}, NULL, *NO_MESSAGES)):
        yield Talk(f"answer {number}", (*begun, answer), runs=1)
