"""/events/in: what comes of the messages that clients send."""

import json
from typing import Any

import httpx
import pytest

from local.websocket_api.client import Connector, WebSocketClient
from runledger import wiring
from tests.reporting.building import JSON, RUN_ID, body
from tests.store.support.calls import Refusal, heard, refused

PATH = "/api/events/in"


def connect(sockets: Connector) -> WebSocketClient:
    socket = sockets.connect(PATH, subprotocols=["prefect"])
    socket.send('{"type":"auth","token":null}')
    assert socket.received() == ['{"type":"auth_success"}']
    return socket


def send(socket: WebSocketClient, *events: JSON) -> None:
    for event in events:
        socket.send(json.dumps(event))


def read(api: httpx.Client) -> Any:  # noqa: ANN401 - JSON
    return api.get(f"/task_runs/{RUN_ID}").raise_for_status().json()


def test_events_are_recorded_and_not_answered(sockets: Connector, api: httpx.Client) -> None:
    socket = connect(sockets)
    send(socket, body(1), body(2, "COMPLETED"))
    assert read(api)["state_type"] == "COMPLETED"
    assert (socket.received(), socket.closed) == ([], None)


def test_what_a_client_said_last_is_heard_although_its_connection_has_ended(
    sockets: Connector, api: httpx.Client
) -> None:
    socket = connect(sockets)
    socket.close()
    wiring.reset()
    send(socket, body(1))
    assert read(api)["state_type"] == "RUNNING"


def test_who_may_speak_is_read_with_the_first_message_alone(
    sockets: Connector, api: httpx.Client
) -> None:
    socket = connect(sockets)
    send(socket, body(1))
    with heard(wiring.store().table.client) as calls:
        send(socket, body(2, "COMPLETED"))
    # Is the event new? Its run is written, and then itself.
    assert [name for name, _ in calls] == ["GetItem", "PutItem", "PutItem"]
    assert read(api)["state_type"] == "COMPLETED"


def test_an_old_clients_first_message_is_an_event(sockets: Connector, api: httpx.Client) -> None:
    send(sockets.connect(PATH), body(1))
    assert read(api)["state_type"] == "RUNNING"


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", json.dumps(body(2, payload={}))])
def test_a_bad_message_does_not_keep_others_from_their_effect(
    sockets: Connector, api: httpx.Client, text: str
) -> None:
    socket = connect(sockets)
    socket.send(text)
    send(socket, body(1))
    assert read(api)["state_type"] == "RUNNING"
    assert socket.closed is None


def test_an_event_that_has_no_room_does_not_keep_others_from_their_effect(
    sockets: Connector, api: httpx.Client
) -> None:
    socket = connect(sockets)
    send(socket, body(1, state={"message": "x" * 500_000}), body(2))
    assert read(api)["state_type"] == "RUNNING"
    assert socket.closed is None


def test_a_client_whose_event_could_not_be_stored_is_cut_off_to_send_it_again(
    sockets_on_dynoxide: Connector, api_on_dynoxide: httpx.Client
) -> None:
    socket = connect(sockets_on_dynoxide)
    client = wiring.store().table.client
    with refused(client, Refusal(503), "TransactWriteItems", times=float("inf")):
        send(socket, body(1))
    assert socket.closed == (1011, "Internal error")
    send(connect(sockets_on_dynoxide), body(1))
    assert read(api_on_dynoxide)["state_type"] == "RUNNING"
