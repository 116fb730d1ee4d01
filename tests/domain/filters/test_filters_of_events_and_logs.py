"""Which events and which lines of logs somebody asks for."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.events.events import Event
from runledger.domain.filters.events import EventFilter
from runledger.domain.filters.logs import LogFilter
from runledger.domain.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from runledger.domain.logs import Log, batch_number, line_id
from runledger.domain.websocket.event_subscriptions import (
    MAX_BYTES,
    MAX_CHARACTERS,
    log_message,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = Event.model_validate(
    {
        "id": UUID(int=1),
        "occurred": NOON,
        "event": "prefect.run.Running",
        "resource": {"prefect.resource.id": "run.1", "kind": "nightly"},
        "related": [{"prefect.resource.id": "flow.2", "prefect.resource.role": "flow", "a": "b"}],
        "payload": {"said": "Hello World"},
    }
)
LOG = Log(
    id=UUID(int=2),
    created=NOON,
    updated=NOON,
    name="prefect.runs",
    level=20,
    message="Hello World",
    timestamp=NOON,
    flow_run_id=UUID(int=3),
)

# fmt: off
OF_EVENTS: list[tuple[dict[str, Any], bool]] = [
    ({},                                                              True),
    ({"occurred": {"since": "2026-11-22T12:00:01Z"}},                 False),
    ({"occurred": {"until": "2026-11-22T11:59:59Z"}},                 False),
    ({"event": {"prefix": ["prefect.run.", "x"]}},                    True),
    ({"event": {"prefix": ["x"]}},                                    False),
    ({"event": {"exclude_prefix": ["prefect."]}},                     False),
    ({"event": {"name": ["prefect.run.Running"]}},                    True),
    ({"event": {"name": ["prefect.run"]}},                            False),
    ({"event": {"exclude_name": ["prefect.run.Running"]}},            False),
    ({"resource": {"id": ["run.1"]}},                                 True),
    ({"resource": {"id": ["flow.2"]}},                                False),
    ({"resource": {"id_prefix": ["run."]}},                           True),
    ({"resource": {"id_prefix": ["flow."]}},                          False),
    ({"resource": {"labels": {"kind": "night*"}}},                    True),
    ({"resource": {"labels": {"kind": ["x", "!hourly"]}}},            True),
    ({"resource": {"labels": {"kind": "!night*"}}},                   False),
    ({"resource": {"labels": {"other": "*"}}},                        False),
    ({"any_resource": {"id": ["flow.2"]}},                            True),
    ({"any_resource": [{"id": ["flow.2"]}, {"id": ["run.1"]}]},       True),
    ({"any_resource": [{"id": ["flow.2"]}, {"id": ["x"]}]},           False),
    ({"related": {}},                                                 True),
    ({"related": {"role": ["flow"]}},                                 True),
    ({"related": {"role": ["run"]}},                                  False),
    ({"related": {"resources_in_roles": [["flow.2", "flow"]]}},       True),
    ({"related": {"resources_in_roles": [["flow.2", "run"]]}},        False),
    ({"related": [{"id": ["flow.2"]}, {"labels": {"a": "c"}}]},       False),
    ({"id": {"id": [str(UUID(int=1))]}},                              True),
    ({"id": {"id": [str(UUID(int=2))]}},                              False),
    ({"text": {"query": "world nightly"}},                            True),
    ({"text": {"query": "+world +absent"}},                           False),
]
OF_LOGS: list[tuple[dict[str, Any], bool]] = [
    ({},                                                              True),
    ({"level": {"ge_": 20, "le_": 20}},                               True),
    ({"level": {"ge_": 21}},                                          False),
    ({"level": {"le_": 19}},                                          False),
    ({"timestamp": {"after_": "2026-11-22T13:00:00Z"}},               False),
    ({"flow_run_id": {"any_": [str(UUID(int=3))]}},                   True),
    ({"task_run_id": {"is_null_": True}},                             True),
    ({"task_run_id": {"any_": [str(UUID(int=3))]}},                   False),
    ({"text": {"query": "hello"}},                                    True),
    ({"text": {"query": "prefect.runs"}},                             True),
    ({"text": {"query": "absent"}},                                   False),
]
# fmt: on


@pytest.mark.parametrize(("asked", "expected"), OF_EVENTS)
def test_an_event_is_wanted_by_all_that_is_asked(asked: dict[str, Any], *, expected: bool) -> None:
    wanted = EventFilter.model_validate(asked, context={"now": NOON})
    assert wanted.matches(EVENT) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T12:00:00Z", True),
        ("2026-11-22T11:59:59Z", False),
        ("2027-06-22T00:00:00Z", False),
    ],
)
def test_a_search_that_does_not_say_reaches_back_half_a_year(now: str, *, expected: bool) -> None:
    wanted = EventFilter.model_validate({}, context={"now": datetime.fromisoformat(now)})
    assert wanted.matches(EVENT) is expected


def test_a_filter_that_was_stored_needs_no_present() -> None:
    wanted = EventFilter.model_validate({}, context={"now": NOON})
    assert EventFilter.model_validate_json(wanted.model_dump_json()) == wanted


@pytest.mark.parametrize(("asked", "expected"), OF_LOGS)
def test_a_line_is_wanted_by_all_that_is_asked(asked: dict[str, Any], *, expected: bool) -> None:
    assert LogFilter.model_validate(asked).matches(LOG) is expected


def test_a_line_has_no_nul() -> None:
    assert LOG.without_nul() == LOG
    found = LOG.replace(name="a\0b", message="\0c").without_nul()
    assert (found.name, found.message) == ("ab", "c")


def test_a_line_that_no_message_has_room_for_is_sent_by_its_beginning() -> None:
    whole = log_message(LOG) or ""
    assert json.loads(whole) == {"type": "log", "log": LOG.model_dump(mode="json")}
    sent = json.loads(log_message(LOG.replace(message="x" * MAX_BYTES)) or "")
    assert sent["log"]["message"] == "x" * MAX_CHARACTERS


def test_the_ids_of_a_batch_sort_as_its_lines_and_are_the_same_each_time() -> None:
    first = batch_number(b"batch")
    assert (first, first < 2**72) == (batch_number(b"batch"), True)
    assert first != batch_number(b"other")
    ids = [line_id(first, number, NOON) for number in range(3)]
    assert ids == sorted(set(ids))
    early = datetime(1960, 1, 1, tzinfo=UTC)
    assert line_id(first, 0, early).version == ids[0].version == 7


@pytest.mark.parametrize("kind", [WorkPoolFilter, WorkQueueFilter])
def test_the_filters_of_work_pools_are_read(kind: type[WorkPoolFilter | WorkQueueFilter]) -> None:
    asked = {"name": {"any_": ["a"]}, "id": {"any_": [str(UUID(int=1))]}}
    assert kind.model_validate(asked).model_dump(include={"name"}, exclude_none=True)["name"]
