"""Validation of events, the server's own events of flow runs, and events for listeners."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from runledger.domain.events.events import MAX_LABELS, MAX_NAME, MAX_RELATED, Event
from runledger.domain.events.flow_run_events import (
    MAX_CHARACTERS,
    RelatedObject,
    state_change_event,
)
from runledger.domain.runs.states import State
from runledger.domain.websocket.event_subscriptions import (
    MAX_BACKFILL,
    MAX_BYTES,
    event_message,
    subscription_request,
)
from runledger.domain.websocket.protocol import PROTOCOL_ERROR, CloseConnection
from tests.reporting.building import JSON, at, event
from tests.transitions.building import FRESH_ID, NOW, STATE_ID, flow_run, state

RESOURCE = {"prefect.resource.id": "x"}
RELATED = {**RESOURCE, "prefect.resource.role": "r"}

# fmt: off
REFUSED: dict[str, JSON] = {
    "no id of its resource":    {"resource": {"x": "y"}},
    "an empty id":              {"resource": {"prefect.resource.id": ""}},
    "too many labels":          {"resource": RESOURCE | {str(n): "" for n in range(MAX_LABELS)}},
    "no role of a relative":    {"related": [RESOURCE]},
    "an empty role":            {"related": [RELATED | {"prefect.resource.role": ""}]},
    "too many relatives":       {"related": [RELATED] * (MAX_RELATED + 1)},
    "a name that is too long":  {"event": "x" * (MAX_NAME + 1)},
}
# fmt: on


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_what_breaks_the_rules_is_no_event(changes: JSON) -> None:
    with pytest.raises(ValidationError):
        event(**changes)


def of_flow_run(
    kind: str = "RUNNING",
    before: State | None = None,
    relatives: Iterable[RelatedObject] = (),
    **fields: Any,
) -> Event:
    run = flow_run(state(kind, **fields.pop("state", {})), **fields)
    assert run.state
    return state_change_event(run, run.state, before, list(relatives))


def test_an_event_of_a_flow_run_is_known_by_the_id_and_the_time_of_its_state() -> None:
    found = of_flow_run()
    assert (found.id, found.occurred, found.event) == (STATE_ID, NOW, "prefect.flow-run.Running")


@pytest.mark.parametrize(("minutes", "follows"), [(1, FRESH_ID), (6, None)])
def test_an_event_names_the_one_before_if_that_was_a_moment_ago(
    minutes: int, follows: UUID | None
) -> None:
    before = state("PENDING").replace(id=FRESH_ID, timestamp=NOW - timedelta(minutes=minutes))
    found = of_flow_run(before=before)
    assert found.follows == follows
    assert found.payload["initial_state"] == {"type": "PENDING", "name": "Pending"}


def test_relatives_come_with_the_tags_of_all_of_them_in_order() -> None:
    flow = RelatedObject("flow", uuid4(), "f", ("c", "a"))
    relatives = [flow, RelatedObject("deployment", uuid4(), "d", ())]
    found = of_flow_run(relatives=relatives, tags=("b", "a"))
    ids = [one["prefect.resource.id"] for one in found.related]
    own = [f"prefect.flow.{relatives[0].id}", f"prefect.deployment.{relatives[1].id}"]
    assert ids == [*own, "prefect.tag.a", "prefect.tag.b", "prefect.tag.c"]


@pytest.mark.parametrize("name", [None, "nightly"])
def test_the_deployment_that_created_the_run_is_its_creator(name: str | None) -> None:
    creator = {"type": "DEPLOYMENT", "id": str(FRESH_ID), "display_value": name}
    (found,) = of_flow_run(created_by=creator).related
    assert found["prefect.resource.role"] == "creator"
    assert found.get("prefect.resource.name") == name


def test_others_that_created_the_run_are_not_told() -> None:
    assert of_flow_run(created_by={"type": "USER", "id": str(FRESH_ID)}).related == []


def test_a_pause_tells_whether_the_run_is_scheduled_anew() -> None:
    found = of_flow_run("PAUSED", state={"pause_reschedule": True})
    assert found.payload["validated_state"]["pause_reschedule"] == "true"


def test_the_key_of_who_changed_the_run_is_an_actor() -> None:
    run = flow_run(state("RUNNING"), tags=("a",))
    assert run.state
    found = state_change_event(run, run.state, None, [], actor="etl")
    assert [one["prefect.resource.id"] for one in found.related] == [
        "runledger.key.etl",
        "prefect.tag.a",
    ]
    assert found.in_role("actor") == {
        "prefect.resource.id": "runledger.key.etl",
        "prefect.resource.role": "actor",
        "prefect.resource.name": "etl",
    }
    unknown = state_change_event(run, run.state, None, [])
    assert unknown.in_role("actor") is None


def test_a_run_of_many_tags_and_a_long_state_is_told_as_far_as_an_event_holds() -> None:
    run = flow_run(None, tags=tuple(map(str, range(MAX_RELATED + 1))))
    long = state("FAILED", "x" * MAX_NAME).replace(message="m" * (MAX_CHARACTERS + 1))
    found = state_change_event(run, long, None, [])
    assert (len(found.related), len(found.event)) == (MAX_RELATED, MAX_NAME)
    assert len(found.payload["validated_state"]["message"]) == MAX_CHARACTERS
    assert Event.model_validate(found.model_dump()) == found


def asked(**message: object) -> JSON:
    return {"type": "filter", "filter": {}, **message}


def test_a_listener_is_told_of_the_last_minutes_only() -> None:
    long_ago = {"occurred": {"since": "2020-01-01T00:00:00Z"}}
    assert subscription_request(asked(filter=long_ago), NOW).since == NOW - MAX_BACKFILL


def test_a_listener_that_wants_nothing_of_the_past_is_told_nothing_of_it() -> None:
    assert subscription_request(asked(backfill=False), NOW).since is None


@pytest.mark.parametrize("message", [asked(type="auth"), asked(filter={"x": 1})])
def test_a_wish_that_is_not_understood_ends_the_conversation(message: JSON) -> None:
    with pytest.raises(CloseConnection) as closed:
        subscription_request(message, NOW)
    assert closed.value.code == PROTOCOL_ERROR


def test_an_event_that_no_message_has_room_for_is_not_told() -> None:
    large = event(state={"message": "x" * MAX_BYTES}).received_at(at(1))
    assert event_message(large) is None


def test_the_message_of_an_event_has_all_of_it() -> None:
    received = event().received_at(at(1))
    assert event_message(received) == f'{{"type":"event","event":{received.model_dump_json()}}}'
