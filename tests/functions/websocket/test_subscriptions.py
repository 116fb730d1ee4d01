"""The WebSocket by which task workers get runs: handshake, delivery, close codes."""

import httpx
import pytest

from local.websocket_api.client import Connector
from local.websocket_api.gateway import HandshakeRefused
from runledger import wiring
from tests.functions.conventions.test_authentication import AUTH, HASH
from tests.store.support.calls import FAULTS, broken
from tests.support.background import PATH, Worker, connect, delay, subscribe

DROPPED, POLICY_VIOLATION, INTERNAL_ERROR, PROTOCOL_VIOLATION = 1006, 1008, 1011, 4001


@pytest.fixture
def _auth_required(sockets: Connector, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - sets the environment first
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", HASH)
    wiring.reset()


def test_the_subprotocol_is_selected(sockets: Connector) -> None:
    socket = sockets.connect(PATH, subprotocols=["other", "prefect"])
    assert socket.subprotocol == "prefect"


def test_a_client_without_the_subprotocol_need_not_show_credentials(
    sockets: Connector, api: httpx.Client
) -> None:
    run_id = delay(api)
    worker = Worker(sockets.connect(PATH))
    worker.say(type="subscribe", keys=["task"], client_id="host-1")
    assert worker.ids() == [run_id]


@pytest.mark.usefixtures("_auth_required")
def test_a_client_without_the_subprotocol_is_refused_where_credentials_are_asked_for(
    sockets: Connector,
) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        sockets.connect(PATH)
    assert refused.value.response.status == httpx.codes.FORBIDDEN


def test_a_path_that_nobody_serves_is_refused(sockets: Connector) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        sockets.connect("/api?route=/other", subprotocols=["prefect"])
    assert refused.value.response.status == httpx.codes.FORBIDDEN


@pytest.mark.usefixtures("_no_pauses")
def test_a_client_that_could_not_be_noted_is_let_in_and_asked_to_come_back(
    sockets: Connector,
) -> None:
    with broken(wiring.store().table.client, FAULTS["not done"], first=0):
        socket = sockets.connect(PATH, subprotocols=["prefect"])
    socket.send('{"type":"auth","token":null}')
    assert (socket.received(), socket.closed) == ([], (INTERNAL_ERROR, "Unknown connection"))


@pytest.mark.usefixtures("_auth_required")
def test_the_auth_string_admits(sockets: Connector) -> None:
    connect(sockets, token=AUTH)


NO_TOKEN = "Auth required but no token provided"
CLOSED_AT_FIRST = {
    "another message": ('{"type":"subscribe"}', POLICY_VIOLATION, "Expected 'auth' message"),
    "no token": ('{"type":"auth"}', POLICY_VIOLATION, NO_TOKEN),
    "null": ('{"type":"auth","token":null}', POLICY_VIOLATION, NO_TOKEN),
    "empty": ('{"type":"auth","token":""}', POLICY_VIOLATION, NO_TOKEN),
    "wrong": ('{"type":"auth","token":"user:other"}', POLICY_VIOLATION, "Invalid token"),
    "no text": ('{"type":"auth","token":[1]}', POLICY_VIOLATION, "Invalid token"),
    "no JSON": ("auth", DROPPED, ""),
    "no object": ("[]", DROPPED, ""),
    "too deep": ("[" * 100_000, DROPPED, ""),
}  # fmt: skip


@pytest.mark.usefixtures("_auth_required")
@pytest.mark.parametrize(("text", "code", "reason"), CLOSED_AT_FIRST.values(), ids=CLOSED_AT_FIRST)
def test_a_first_message_that_does_not_authenticate_ends_the_connection(
    sockets: Connector, text: str, code: int, reason: str
) -> None:
    socket = sockets.connect(PATH, subprotocols=["prefect"])
    socket.send(text)
    assert socket.closed == (code, reason)


CLOSED_AT_SECOND = {
    "another": ({"type": "ack"}, "expected 'subscribe' message"),
    "no keys": ({"type": "subscribe", "client_id": "a"}, "expected 'keys' in subscribe message"),
    "empty keys": (
        {"type": "subscribe", "keys": [], "client_id": "a"},
        "expected 'keys' in subscribe message",
    ),
    "no client": (
        {"type": "subscribe", "keys": ["task"]},
        "expected 'client_id' in subscribe message",
    ),
    "empty client": (
        {"type": "subscribe", "keys": ["task"], "client_id": ""},
        "expected 'client_id' in subscribe message",
    ),
}


@pytest.mark.parametrize(("message", "reason"), CLOSED_AT_SECOND.values(), ids=CLOSED_AT_SECOND)
def test_a_message_that_subscribes_to_nothing_ends_the_connection(
    sockets: Connector, message: dict[str, object], reason: str
) -> None:
    worker = connect(sockets)
    worker.say(**message)
    assert worker.socket.closed == (PROTOCOL_VIOLATION, f"Protocol violation: {reason}")


IN_BYTES = {
    "first": (b'{"type":"auth","token":null}',),
    "second": ('{"type":"auth"}', b'{"type":"subscribe","keys":["task"],"client_id":"host-1"}'),
}


@pytest.mark.parametrize("said", IN_BYTES.values(), ids=IN_BYTES)
def test_what_is_said_in_bytes_drops_the_connection(
    sockets: Connector, said: tuple[str | bytes, ...]
) -> None:
    socket = sockets.connect(PATH, subprotocols=["prefect"])
    for message in said:
        socket.send(message)
    assert socket.closed == (DROPPED, "")


NOT_UNDERSTOOD = {
    "a number as keys": {"keys": 5},
    "true as keys": {"keys": True},
    "a list among the keys": {"keys": ["task", ["task"]]},
    "an object among the keys": {"keys": [{"task": 1}]},
    "a list as client": {"client_id": ["host-1"]},
    "an object as client": {"client_id": {"host": 1}},
    "half a character in a key": {"keys": ["\ud800"]},
    "half a character in the client": {"client_id": "\ud800"},
}


@pytest.mark.parametrize("text", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_keys_and_clients_that_are_no_names_drop_the_connection(
    sockets: Connector, text: dict[str, object]
) -> None:
    worker = connect(sockets)
    worker.say(**{"type": "subscribe", "keys": ["task"], "client_id": "host-1"} | text)
    assert worker.socket.closed == (DROPPED, "")


def test_keys_that_are_an_object_are_its_names(sockets: Connector, api: httpx.Client) -> None:
    run_id = delay(api, "b")
    worker = connect(sockets)
    worker.say(type="subscribe", keys={"a": 1, "b": 2}, client_id="host-1")
    assert worker.ids() == [run_id]


def test_a_key_that_is_no_text_is_that_of_no_task(sockets: Connector, api: httpx.Client) -> None:
    delay(api, "5")
    worker = connect(sockets)
    worker.say(type="subscribe", keys=[5, None, "task"], client_id="host-1")
    assert (worker.ids(), worker.socket.closed) == ([], None)


def test_keys_that_are_one_text_are_its_letters(sockets: Connector, api: httpx.Client) -> None:
    run_id = delay(api, "b")
    worker = connect(sockets)
    worker.say(type="subscribe", keys="ab", client_id="host-1")
    assert worker.ids() == [run_id]


def test_what_is_said_while_nothing_is_outstanding_goes_unheeded(sockets: Connector) -> None:
    worker = subscribe(sockets)
    worker.say(type="quit")
    worker.socket.send("no JSON")
    assert worker.socket.closed is None


def test_a_worker_that_quits_is_dismissed_and_its_run_goes_to_another(
    sockets: Connector, api: httpx.Client
) -> None:
    run_id = delay(api)
    worker = subscribe(sockets)
    worker.say(type="quit")
    assert (worker.socket.closed, subscribe(sockets).ids()) == ((1000, ""), [run_id])


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"type":"other"}'])
def test_a_worker_that_answers_something_else_is_dropped_and_its_run_goes_to_another(
    sockets: Connector, api: httpx.Client, text: str
) -> None:
    run_id = delay(api)
    worker = subscribe(sockets)
    worker.socket.send(text)
    assert (worker.socket.closed, subscribe(sockets).ids()) == ((DROPPED, ""), [run_id])


def test_the_workers_that_are_connected_are_listed(sockets: Connector, api: httpx.Client) -> None:
    subscribe(sockets, "a", client_id="host-1")
    subscribe(sockets, "b", client_id="host-1")
    subscribe(sockets, "c", client_id="host-2").socket.close()
    (worker,) = api.post("/task_workers/filter").json()
    assert (worker["identifier"], sorted(worker["task_keys"])) == ("host-1", ["a", "b"])


@pytest.mark.parametrize(("keys", "found"), [(["b"], 1), (["c"], 0), ([], 1)])
def test_workers_are_listed_by_the_tasks_that_they_run(
    sockets: Connector, api: httpx.Client, keys: list[str], found: int
) -> None:
    subscribe(sockets, "a", "b")
    answer = api.post("/task_workers/filter", json={"task_worker_filter": {"task_keys": keys}})
    assert len(answer.json()) == found
