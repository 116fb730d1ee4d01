"""/events/out: which events come to a client that listens."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from local.websocket_api.client import Connector, WebSocketClient
from runledger import websocket_wiring, wiring
from runledger.domain.websocket.event_subscriptions import EventSubscriber
from runledger.store.websocket.event_subscriptions import SubscriberStore
from tests.functions.websocket.test_listeners import connect
from tests.reporting.building import JSON, body
from tests.store.support.asking import made, new_flow, new_flow_run, new_task_run
from tests.support.streaming import Streaming

PATH = "/api/events/out"
ENDS = {"event": {"name": ["prefect.task-run.Completed", "prefect.task-run.Failed"]}}


def now() -> datetime:
    return datetime.now(UTC)


def between(since: timedelta) -> JSON:
    """Times as clients give them."""
    until = now() + timedelta(days=365)
    return {"occurred": {"since": (now() + since).isoformat(), "until": until.isoformat()}}


def listen(sockets: Connector, wanted: JSON, **others: object) -> WebSocketClient:
    socket = connect(sockets, PATH)
    asked = between(timedelta(minutes=-1)) | wanted
    socket.send(json.dumps({"type": "filter", "filter": asked, **others}))
    assert socket.closed is None
    return socket


def received(socket: WebSocketClient) -> list[Any]:
    messages = [json.loads(text) for text in socket.received()]
    assert {message["type"] for message in messages} <= {"event"}
    return [message["event"] for message in messages]


def names(socket: WebSocketClient) -> list[str]:
    return [event["event"].removeprefix("prefect.") for event in received(socket)]


def emit(api: httpx.Client, kind: str, ago: float = 0, **changes: Any) -> str:
    event = body(0, kind, occurred=(now() - timedelta(seconds=ago)).isoformat(), **changes)
    event["id"] = str(uuid4())
    api.post("/events", json=[event]).raise_for_status()
    return str(event["id"])


def test_an_event_comes_as_it_was_sent(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, ENDS)
    sent = body(0, "COMPLETED", occurred=now().isoformat().replace("+00:00", "Z"))
    api.post("/events", json=[sent])
    stream.pump()
    (event,) = received(socket)
    assert event.pop("received")
    assert event == sent


def test_only_what_is_asked_for_comes(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, ENDS)
    for kind in ("PENDING", "RUNNING", "COMPLETED", "CANCELLED"):
        emit(api, kind)
    stream.pump()
    assert names(socket) == ["task-run.Completed"]


def test_what_was_missed_comes_first_in_order(sockets: Connector, api: httpx.Client) -> None:
    emit(api, "FAILED", ago=120)
    emit(api, "COMPLETED", ago=10)
    emit(api, "FAILED", ago=20)
    assert names(listen(sockets, ENDS)) == ["task-run.Failed", "task-run.Completed"]


def test_nothing_of_more_than_fifteen_minutes_ago_comes(
    sockets: Connector, api: httpx.Client
) -> None:
    emit(api, "FAILED", ago=16 * 60)
    emit(api, "COMPLETED", ago=14 * 60)
    socket = listen(sockets, between(timedelta(days=-1)))
    assert names(socket) == ["task-run.Completed"]


def test_who_wants_nothing_of_the_past_is_told_nothing_of_it(
    sockets: Connector, api: httpx.Client
) -> None:
    emit(api, "COMPLETED", ago=10)
    assert names(listen(sockets, ENDS, backfill=False)) == []


def test_who_left_is_told_no_more(sockets: Connector, api: httpx.Client, stream: Streaming) -> None:
    gone, there = listen(sockets, ENDS), listen(sockets, ENDS)
    gone.close()
    emit(api, "COMPLETED")
    stream.pump()
    assert (names(gone), names(there)) == ([], ["task-run.Completed"])


def test_who_vanished_is_forgotten(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, ENDS)
    websocket_wiring.connections().close(socket.id, 1011, "")
    emit(api, "COMPLETED")
    stream.pump()
    assert SubscriberStore.of(wiring.store(), EventSubscriber).all() == []


def test_who_is_slow_is_cut_off_and_told_when_it_comes_back(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    slow = listen(sockets, ENDS)
    slow.stop_reading()
    emit(api, "COMPLETED")
    stream.pump()
    assert slow.closed == (1011, "Too slow")
    assert names(listen(sockets, ENDS)) == ["task-run.Completed"]


def test_an_event_too_large_for_a_message_comes_with_the_state(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, ENDS)
    inputs = {"x": [{"input_type": "constant", "type": "x" * 140_000}]}
    emit(api, "COMPLETED", run={"task_inputs": inputs})
    stream.pump()
    (event,) = received(socket)
    assert event["payload"]["validated_state"]["type"] == "COMPLETED"
    assert "task_run" not in event["payload"]


def test_an_event_stored_in_several_items_comes_once_and_whole(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, ENDS)
    inputs = {"x": [{"input_type": "constant", "type": "x" * 60_000}]}
    emit(api, "COMPLETED", run={"task_inputs": inputs})
    stream.pump()
    (event,) = received(socket)
    assert event["payload"]["task_run"]["task_inputs"] == inputs


def test_a_long_message_of_a_flow_run_comes_whole(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, {"event": {"name": ["prefect.flow-run.Running"]}})
    run = made(api, new_flow_run(made(api, new_flow())["id"]))
    state = {"type": "RUNNING", "message": "数" * 20_000}
    api.post(f"/flow_runs/{run['id']}/set_state", json={"state": state}).raise_for_status()
    stream.pump()
    (event,) = received(socket)
    assert event["payload"]["validated_state"]["message"] == state["message"]


def running_event(flow: JSON, run: JSON, entered: JSON) -> JSON:
    return {
        "occurred": entered["timestamp"],
        "event": "prefect.flow-run.Running",
        "resource": {
            "prefect.resource.id": f"prefect.flow-run.{run['id']}",
            "prefect.resource.name": "run",
            "prefect.run-count": "1",
            "prefect.state-message": "hello",
            "prefect.state-name": "Running",
            "prefect.state-timestamp": entered["timestamp"].replace("Z", "+00:00"),
            "prefect.state-type": "RUNNING",
        },
        "related": [
            {
                "prefect.resource.id": f"prefect.flow.{flow['id']}",
                "prefect.resource.role": "flow",
                "prefect.resource.name": flow["name"],
            },
            {"prefect.resource.id": "prefect.tag.a", "prefect.resource.role": "tag"},
            {"prefect.resource.id": "prefect.tag.b", "prefect.resource.role": "tag"},
        ],
        "payload": {
            "intended": {"from": "PENDING", "to": "RUNNING"},
            "initial_state": {"type": "PENDING", "name": "Pending"},
            "validated_state": {"type": "RUNNING", "name": "Running", "message": "hello"},
        },
        "id": entered["id"],
        "follows": run["state_id"],
    }


def test_the_states_of_a_flow_run_are_told(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, {"event": {"prefix": ["prefect.flow-run."]}})
    flow = made(api, new_flow())
    run = made(api, new_flow_run(flow["id"], tags=["b", "a"], name="run"))
    stream.pump()
    state = {"type": "RUNNING", "message": "hello"}
    entered = api.post(f"/flow_runs/{run['id']}/set_state", json={"state": state}).json()["state"]
    stream.pump()
    pending, running = received(socket)
    assert pending["id"] == run["state_id"]
    assert running.pop("received")
    assert running == running_event(flow, run, entered)


def test_a_flow_run_is_told_with_its_deployment_and_its_parent(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    socket = listen(sockets, {"event": {"prefix": ["prefect.flow-run."]}})
    flow, parent = made(api, new_flow()), made(api, new_task_run())
    asked = {"name": "nightly", "flow_id": flow["id"], "tags": ["tag"]}
    deployment = api.post("/deployments/", json=asked).json()
    path = f"/deployments/{deployment['id']}/create_flow_run"
    api.post(path, json={"parent_task_run_id": parent["id"]}).raise_for_status()
    stream.pump()
    (event,) = received(socket)
    assert [one["prefect.resource.id"] for one in event["related"]] == [
        f"prefect.flow.{flow['id']}",
        f"prefect.deployment.{deployment['id']}",
        f"prefect.task-run.{parent['id']}",
        "prefect.tag.tag",
    ]


def test_a_change_of_a_flow_run_that_keeps_its_state_is_not_told(
    sockets: Connector, api: httpx.Client, stream: Streaming
) -> None:
    flow = made(api, new_flow())
    run = made(api, new_flow_run(flow["id"]))
    stream.pump()
    socket = listen(sockets, {"event": {"prefix": ["prefect.flow-run."]}}, backfill=False)
    api.patch(f"/flow_runs/{run['id']}", json={"name": "other"})
    stream.pump()
    assert names(socket) == []
