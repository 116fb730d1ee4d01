"""Odd documents of runs give without the model what the model gives, byte for byte."""

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from runledger.domain.documents import MAX_EXACT_SECONDS
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.facts import FlowRunFacts, RunFacts, TaskRunFacts
from runledger.domain.runs.states import State
from runledger.store import items
from runledger.store.dynamodb.large_documents import DOCUMENT

NOW = datetime.fromisoformat("2026-11-29T08:00:00Z")
Fields = dict[str, Any]


def assert_same(facts: RunFacts[Any], text: str) -> None:
    """Hold the answer of a stored run against that of the model."""
    value: Any = facts.model.model_validate_json(text)
    assert to_json(facts.as_of(NOW)) == to_json(as_of(value, NOW))


# What another version may have written, or nobody.
ODD: dict[str, Fields] = {
    "an unknown field": {"mood": "good"},
    "a count of seconds": {"total_run_time": 5},
    "a duration as text": {"total_run_time": "PT5S"},
    "a long duration": {"total_run_time": MAX_EXACT_SECONDS + 0.1},
    "a duration of no time": {"total_run_time": -0.0},
    "a duration of less than a microsecond": {"total_run_time": 1e-7},
    "no state": {"state": None},
    "an unknown field of the state": {"state": {"mood": "good"}},
    "an unknown detail": {"state": {"state_details": {"mood": "good"}}},
    "defaults": {"tags": [], "labels": None, "run_count": 0, "state": {"state_details": {}}},
    "estimates": {"estimated_run_time": 7.0, "estimated_start_time_delta": 7.0},
    "numbers of JSON": {"labels": {"a": 1e16, "b": -0.0, "c": 10**40, "d": 1.0, "e": 5e-324}},
    "data of any kind": {"state": {"data": [None, True, 1e300, -0.0, 10**40, {"": [{}]}]}},
    "texts": {"name": '\u2028\x00\x7f\ufeff\U0001f600</script>\\"', "tags": ["\ud7ff", ""]},
    "another zone": {"state": {"state_details": {"scheduled_time": "2026-01-01T00:00:00+14:00"}}},
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_an_odd_document_is_answered_as_by_its_model(facts: type[RunFacts[Any]], odd: str) -> None:
    text = json.dumps(merged(plain_fields(facts), ODD[odd]), indent=1)
    assert_same(facts(from_json(text)), text)
    assert_same(facts(from_json(json.dumps(json.loads(text)))), text)


@pytest.mark.parametrize("field", ["id", "created", "updated", "name"])
@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_a_document_without_a_field_that_has_no_default_is_refused_as_by_its_model(
    facts: type[RunFacts[Any]], field: str
) -> None:
    fields = plain_fields(facts)
    del fields[field]
    with pytest.raises(ValidationError, match=field):
        facts(fields).as_of(NOW)


@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_a_text_that_is_no_unicode_is_refused_as_by_its_model(facts: type[RunFacts[Any]]) -> None:
    text = json.dumps(plain_fields(facts) | {"name": "\ud800"})
    with pytest.raises(ValueError, match="hex escape"):
        facts.model.model_validate_json(text)
    with pytest.raises(ValueError, match="hex escape"):
        items.read_fields({DOCUMENT: text})


def plain_fields(facts: type[RunFacts[Any]]) -> Fields:
    zero = "00000000-0000-0000-0000-000000000000"
    state = State.model_validate({"id": zero, "type": "RUNNING", "name": "r", "timestamp": NOW})
    fields = {"id": zero, "created": NOW, "updated": NOW, "name": "a", "state": state}
    own = {"flow_id": zero} if facts is FlowRunFacts else {"task_key": "t", "dynamic_key": "d"}
    value = facts.model.model_validate(fields | own | {"expected_start_time": NOW})
    plain: Fields = json.loads(items.dump_document(value))
    return plain


def merged(fields: Fields, changes: Fields) -> Fields:
    def both(before: object, after: object) -> object:
        are_objects = isinstance(before, dict) and isinstance(after, dict)
        return merged(before, after) if are_objects else after  # type: ignore[arg-type]

    return fields | {name: both(fields.get(name), value) for name, value in changes.items()}
