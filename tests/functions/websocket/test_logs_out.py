"""/logs/out: which lines of logs come to a client that listens."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local.websocket_api.client import Connector, WebSocketClient
from runledger import websocket_wiring, wiring
from runledger.domain.websocket.event_subscriptions import LogSubscriber
from runledger.service.websocket import event_subscriptions
from runledger.store.websocket.event_subscriptions import SubscriberStore
from tests.bench.metering import metered
from tests.functions.websocket.test_listeners import connect
from tests.store.logs.test_logs import noise
from tests.store.support.lines import line, logged
from tests.support.streaming import Streaming

PATH = "/api/logs/out"
RUN, OTHER = str(uuid4()), str(uuid4())
OF_RUN, OF_OTHER = ({"flow_run_id": {"any_": [run]}} for run in (RUN, OTHER))


def listen(sockets: Connector, **wanted: object) -> WebSocketClient:
    socket = connect(sockets, PATH)
    socket.send(json.dumps({"type": "filter", "filter": wanted}))
    assert socket.closed is None
    return socket


def lines(socket: WebSocketClient) -> list[Any]:
    messages = [json.loads(text) for text in socket.received()]
    assert {message["type"] for message in messages} <= {"log"}
    return [message["log"] for message in messages]


def said(socket: WebSocketClient) -> list[str]:
    return [actual["message"] for actual in lines(socket)]


def test_a_line_comes_as_it_is_read(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets)
    logged(api, line("hello", flow_run_id=RUN))
    stream.pump()
    assert lines(socket) == api.post("/logs/filter", json={}).json()


def test_lines_come_in_their_order(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets)
    logged(api, *(line(str(number), flow_run_id=RUN) for number in range(60)))
    stream.pump()
    assert said(socket) == [str(number) for number in range(60)]


# fmt: off
WANTED: dict[str, tuple[dict[str, object], list[str]]] = {
    "everything":     ({},                                          ["other", "quiet", "loud"]),
    "of a run":       ({**OF_RUN},                                      ["quiet", "loud"]),
    "of a level":     ({"level": {"ge_": 40}},                      ["loud"]),
    "of a task run":  ({"task_run_id": {"is_null_": False}},        []),
    "either":         ({"operator": "or_", "level": {"ge_": 40}, **OF_OTHER}, ["other", "loud"]),
    "with a word":    ({"text": {"query": "loud"}},                 ["loud"]),
    "of the past":    ({"timestamp": {"before_": "2000-01-01"}},    []),
}
# fmt: on


@pytest.mark.parametrize("wanted", WANTED)
def test_only_what_is_asked_for_comes(
    sockets_on_dynoxide: Connector,
    api_on_dynoxide: httpx.Client,
    stream_on_dynoxide: Streaming,
    wanted: str,
) -> None:
    asked, expected = WANTED[wanted]
    socket = listen(sockets_on_dynoxide, **asked)
    quiet, loud = line("quiet", flow_run_id=RUN), line("loud", flow_run_id=RUN, level=50)
    logged(api_on_dynoxide, line("other", flow_run_id=OTHER), quiet, loud)
    stream_on_dynoxide.pump()
    assert sorted(said(socket)) == sorted(expected)


def test_nothing_of_the_past_comes(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    logged(api, line("before"))
    socket = listen(sockets)
    stream.pump()
    assert said(socket) == []


def test_lines_that_are_sent_again_come_once(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets)
    sent = line("hello", timestamp="2026-01-01T00:00:00Z")
    for _ in range(2):
        api.post("/logs/", json=[sent]).raise_for_status()
        stream.pump()
    assert said(socket) == ["hello"]


def test_who_left_is_told_no_more(sockets: Connector, api: httpx.Client, stream: Streaming) -> None:
    gone, there = listen(sockets), listen(sockets)
    gone.close()
    logged(api, line("hello"))
    stream.pump()
    assert (said(gone), said(there)) == ([], ["hello"])


def test_who_vanished_is_forgotten(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets)
    websocket_wiring.connections().close(socket.id, 1011, "")
    logged(api, line("hello"))
    stream.pump()
    assert SubscriberStore.of(wiring.store(), LogSubscriber).all() == []


def test_who_is_slow_is_cut_off(sockets: Connector, api: httpx.Client, stream: Streaming) -> None:
    slow = listen(sockets)
    slow.stop_reading()
    logged(api, line("hello"))
    stream.pump()
    assert slow.closed == (1011, "Too slow")


def test_a_line_too_large_for_a_message_comes_with_its_beginning(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets)
    logged(api, line("beginning" + "x" * 200_000))
    stream.pump()
    (actual,) = said(socket)
    assert actual.startswith("beginningxxx")


def test_a_line_in_pieces_hinders_no_other(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets)
    logged(api, line(noise(1_000_000)), line("short"))
    stream.pump()
    assert said(socket) == ["short"]


def test_more_lines_than_a_call_has_time_for_come_once_and_in_their_order(
    sockets_on_dynoxide: Connector,
    api_on_dynoxide: httpx.Client,
    stream_on_dynoxide: Streaming,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A chunk has a hundred lines or more, so that each call tells one."""
    monkeypatch.setattr(event_subscriptions, "MAX_LINES", 50)
    socket, other = listen(sockets_on_dynoxide), listen(sockets_on_dynoxide, **OF_OTHER)
    sent = [f"{number:04}" for number in range(600)]
    logged(api_on_dynoxide, *(line(message, flow_run_id=RUN) for message in sent))
    stream_on_dynoxide.pump()
    assert said(socket) == sent
    assert said(other) == []
    assert stream_on_dynoxide.dead_letters == []


def test_where_nobody_listens_a_batch_of_lines_costs_one_read(
    api_on_dynoxide: httpx.Client, stream_on_dynoxide: Streaming
) -> None:
    with metered(wiring.store().table.client) as usage:
        logged(api_on_dynoxide, *(line(str(number)) for number in range(25)))
        stream_on_dynoxide.pump()
    assert (usage.calls, usage.read_units) == ({"Query": 1, "BatchWriteItem": 1}, 1)
