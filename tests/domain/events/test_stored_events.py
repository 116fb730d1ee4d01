"""A stored event is read, filtered and answered without its model as its model does."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from runledger.domain.events.event_counts import by_name, by_resource
from runledger.domain.events.events import RESOURCE_ID, ROLE, ReceivedEvent
from runledger.domain.events.stored_events import StoredEvent
from runledger.domain.filters.events import EventFilter

NOW = datetime(2026, 11, 30, tzinfo=UTC)
IDS = st.sampled_from(["prefect.task-run.1", "prefect.flow-run.2", "x"])
NAMES = st.sampled_from(["prefect.task-run.Completed", "prefect.flow-run.Running", "Ö\u2028", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
LABELS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
RESOURCES = st.builds(lambda labels, of: {**labels, RESOURCE_ID: of}, LABELS, IDS)
RELATED = st.builds(lambda labels: {**labels, ROLE: "flow"}, RESOURCES)
EVENTS = st.builds(
    ReceivedEvent,
    occurred=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    event=NAMES,
    resource=RESOURCES,
    related=st.lists(RELATED, max_size=2),
    payload=st.dictionaries(st.text(max_size=5), VALUES, max_size=3),
    id=st.uuids(),
    follows=st.none() | st.uuids(),
    received=st.just(NOW),
)


def stored(text: str) -> StoredEvent:
    return StoredEvent(from_json(text))


@given(event=EVENTS)
def test_an_event_is_answered_as_by_its_model(event: ReceivedEvent) -> None:
    text = event.model_dump_json()
    assert to_json(stored(text).as_answered()) == to_json(ReceivedEvent.model_validate_json(text))


@given(events=st.lists(EVENTS, max_size=5))
def test_events_are_counted_as_by_their_model(events: list[ReceivedEvent]) -> None:
    texts = [event.model_dump_json() for event in events]
    assert by_name(map(stored, texts)) == by_name(map(ReceivedEvent.model_validate_json, texts))
    assert by_resource(map(stored, texts)) == by_resource(events)


ASKED: list[Mapping[str, Any]] = [
    {"occurred": {"since": NOW - timedelta(days=2000), "until": NOW}},
    {"event": {"prefix": ["prefect.task-run."]}},
    {"event": {"exclude_name": ["Ö\u2028"]}},
    {"resource": {"id": ["x"]}},
    {"related": {"role": ["flow"], "id": ["prefect.flow-run.2"]}},
    {"any_resource": {"labels": {RESOURCE_ID: "prefect.*"}}},
    {"text": {"query": "completed -none"}},
]


@pytest.mark.parametrize("asked", ASKED)
@given(event=EVENTS)
def test_an_event_is_filtered_as_by_its_model(
    asked: Mapping[str, Any], event: ReceivedEvent
) -> None:
    wanted = EventFilter.model_validate(asked, context={"now": NOW})
    text = event.model_dump_json()
    model = ReceivedEvent.model_validate_json(text)
    assert wanted.matches(stored(text)) == wanted.matches(model)
    of_its_id = EventFilter.model_validate(
        {**asked, "id": {"id": [event.id]}}, context={"now": NOW}
    )
    assert of_its_id.matches(stored(text)) == wanted.matches(model)


@pytest.mark.parametrize(
    "time", ["2026-01-01T00:00:00+14:00", "2026-01-01T00:00:00Z", 1_700_000_000]
)
@pytest.mark.parametrize("without", ["", "related", "payload"])
def test_an_odd_event_is_read_as_by_its_model(time: object, without: str) -> None:
    fields = plain_fields() | {"occurred": time, "id": "0" * 32}
    fields.pop(without, None)
    text = json.dumps(fields)
    model, found = ReceivedEvent.model_validate_json(text), stored(text)
    assert (found.occurred, found.id) == (model.occurred, model.id)
    assert (found.related, found.payload) == (model.related, model.payload)


@pytest.mark.parametrize("extra", [{}, {"mood": "good"}])
@pytest.mark.parametrize("without", ["", "related", "payload", "follows"])
def test_an_odd_event_is_answered_as_by_its_model(extra: dict[str, str], without: str) -> None:
    fields = plain_fields() | extra
    fields.pop(without, None)
    text = json.dumps(fields)
    assert to_json(stored(text).as_answered()) == to_json(ReceivedEvent.model_validate_json(text))


def plain_fields() -> dict[str, Any]:
    event = ReceivedEvent(
        occurred=NOW, event="e", resource={RESOURCE_ID: "x"}, id=UUID(int=0), received=NOW
    )
    fields: dict[str, Any] = json.loads(event.model_dump_json())
    return fields
