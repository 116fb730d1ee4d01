"""Messages of a WebSocket before a conversation's own."""

from typing import Any

import pytest

from runledger.domain.access import ANYBODY, Caller, Scope
from runledger.domain.events.events import Event
from runledger.domain.websocket.event_subscriptions import log_filter, subscription_request
from runledger.domain.websocket.protocol import (
    DROPPED,
    POLICY_VIOLATION,
    PROTOCOL_ERROR,
    PROTOCOL_VIOLATION,
    CloseConnection,
    authenticate,
    read,
    subscription,
)
from tests.transitions.building import NOW

Json = dict[str, Any]


def code_of(closed: pytest.ExceptionInfo[CloseConnection]) -> tuple[int, str]:
    return closed.value.code, closed.value.reason


@pytest.mark.parametrize("text", ["{", "1", "[]", '"\\ud800"', '{"a": "\\ud800"}', "[" * 100_000])
def test_what_is_no_object_drops_the_connection(text: str) -> None:
    with pytest.raises(CloseConnection) as closed:
        read(text)
    assert code_of(closed) == (DROPPED, "")


@pytest.mark.parametrize(("token", "shown"), [('"t"', "t"), ("null", None), ("5", None)])
def test_a_client_shows_a_text_or_nothing(token: str, shown: str | None) -> None:
    text = f'{{"type": "auth", "token": {token}}}'
    assert authenticate(text, Scope.READ, lambda t: ANYBODY if t == shown else None) == ANYBODY
    with pytest.raises(CloseConnection):
        authenticate(text, Scope.READ, lambda t: None if t == shown else ANYBODY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"type": "subscribe"}', "Expected 'auth' message"),
        ('{"type": "auth", "token": "t"}', "Invalid token"),
        ('{"type": "auth", "token": ""}', "Auth required but no token provided"),
        ('{"type": "auth"}', "Auth required but no token provided"),
    ],
)
def test_who_is_not_admitted_hears_why(text: str, reason: str) -> None:
    with pytest.raises(CloseConnection) as closed:
        authenticate(text, Scope.READ, lambda _: None)
    assert code_of(closed) == (POLICY_VIOLATION, reason)


def test_a_key_for_less_than_the_path_needs_is_refused() -> None:
    reader = Caller("etl", Scope.READ)
    text = '{"type": "auth", "token": "t"}'
    assert authenticate(text, Scope.READ, lambda _: reader) == reader
    with pytest.raises(CloseConnection) as closed:
        authenticate(text, Scope.WRITE, lambda _: reader)
    reason = "The key etl has the scope read; this needs the scope write."
    assert code_of(closed) == (POLICY_VIOLATION, reason)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(["a", "b", "a"], ("a", "b")), ("aba", ("a", "b")), (["a", 1, None], ("a",))],
)
def test_a_worker_subscribes_to_each_text_once(keys: object, expected: tuple[str, ...]) -> None:
    asked = subscription({"type": "subscribe", "keys": keys, "client_id": 5})
    assert (asked.client_id, asked.task_keys) == ("5", expected)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"type": "ack"}, "'subscribe' message"),
        ({"type": "subscribe", "keys": []}, "'keys' in subscribe message"),
        ({"type": "subscribe", "keys": ["a"]}, "'client_id' in subscribe message"),
    ],
)
def test_another_first_message_violates_the_protocol(message: Json, expected: str) -> None:
    with pytest.raises(CloseConnection) as closed:
        subscription(message)
    assert code_of(closed) == (PROTOCOL_VIOLATION, f"Protocol violation: expected {expected}")


@pytest.mark.parametrize(("keys", "client_id"), [(5, "c"), ([["a"]], "c"), (["a"], ["c"])])
def test_keys_and_ids_that_can_be_none_drop_the_connection(keys: object, client_id: object) -> None:
    with pytest.raises(CloseConnection) as closed:
        subscription({"type": "subscribe", "keys": keys, "client_id": client_id})
    assert code_of(closed) == (DROPPED, "")


# fmt: off
NO_FILTERS: list[tuple[Json, int, str]] = [
    ({},                                 DROPPED,        ""),
    ({"type": "ack"},                    PROTOCOL_ERROR, "Expected 'filter' message"),
    ({"type": "filter"},                 PROTOCOL_ERROR, "Invalid filter: 'filter'"),
    ({"type": "filter", "filter": {"x": 1}}, PROTOCOL_ERROR, "Invalid filter"),
]
# fmt: on


@pytest.mark.parametrize(("message", "code", "reason"), NO_FILTERS)
def test_who_asks_for_no_filter_hears_why(message: Json, code: int, reason: str) -> None:
    for ask in (subscription_request, log_filter):
        with pytest.raises(CloseConnection) as closed:
            ask(message, NOW)
        assert code_of(closed) == (code, reason)


@pytest.mark.parametrize(("said", "is_told"), [({}, True), ({"backfill": False}, False)])
def test_events_of_the_past_come_unless_they_are_not_wanted(said: Json, *, is_told: bool) -> None:
    asked = subscription_request({"type": "filter", "filter": {}, **said}, NOW)
    assert (asked.since is not None) is is_told
    assert isinstance(asked.wanted.matches(_event()), bool)


def _event() -> Event:
    resource = {"prefect.resource.id": "x"}
    return Event.model_validate(
        {"id": "0" * 32, "occurred": NOW, "event": "e", "resource": resource}
    )
