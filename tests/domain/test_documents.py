"""Documents are read as their models read them, also where pydantic did not write them."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from runledger.domain.documents import MAX_EXACT_SECONDS, Unsure, View
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value

HOUR = timedelta(hours=1)


class Part(Value):
    name: str
    took: timedelta = HOUR
    notes: dict[str, Any] | None = None


class Whole(Value):
    id: UUID
    at: datetime
    type: StateType | None = None
    tags: tuple[str, ...] = ("new",)
    child: Part | None = None
    heir: Part = Part(name="heir", took=2 * HOUR)
    took: timedelta = timedelta(0)


class WholeView(View[Whole], model=Whole):
    id: UUID
    at: datetime
    type: StateType | None
    tags: tuple[str, ...]
    took: timedelta


ZERO = "00000000-0000-0000-0000-000000000000"
NEEDED: dict[str, Any] = {"id": ZERO, "at": "2026-11-29T08:00:00+01:00"}


def test_a_field_that_is_not_in_the_document_has_its_default() -> None:
    parts = WholeView(NEEDED)
    assert (parts.type, parts.tags, parts.took) == (None, ("new",), timedelta(0))


def test_a_field_is_read_once() -> None:
    parts = WholeView({**NEEDED, "tags": ["a"]})
    assert parts.tags is parts.tags


def test_a_time_keeps_its_offset() -> None:
    assert WholeView(NEEDED).at.tzinfo == timezone(HOUR)


@pytest.mark.parametrize(
    "odd",
    [
        {"at": "1764403200"},
        {"at": 1764403200.5},
        {"id": "urn:uuid:00000000-0000-0000-0000-00000000000A"},
        *({"took": seconds} for seconds in (0.0, -0.0, 0.1, -1.5, 1e-7, 5, "PT5S")),
        *({"took": sign * MAX_EXACT_SECONDS} for sign in (1, -1, 1.1)),
        {"took": 43497771107.10156},
    ],
    ids=str,
)
def test_a_field_in_any_form_is_read_as_by_the_model(odd: dict[str, Any]) -> None:
    parts = WholeView({**NEEDED, **odd})
    assert {name: getattr(parts, name) for name in odd} == {
        name: getattr(parts.value(), name) for name in odd
    }


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValidationError):
        _ = WholeView({**NEEDED, "at": "yesterday"}).at


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"child": {"name": "a"}},
        {"child": {"name": "a", "notes": {"b": [None]}}, "heir": {"name": "c"}},
        {"child": None, "heir": {"name": "d", "took": 1.5}, "took": 0.25},
    ],
    ids=str,
)
def test_a_document_has_all_fields_in_the_order_of_the_model(given: dict[str, Any]) -> None:
    parts = WholeView({**given, **NEEDED})
    assert [*parts.document().items()] == [*parts.value().model_dump(mode="json").items()]


@pytest.mark.parametrize(
    "given",
    [
        {"unknown": 1},
        {"child": {}},
        {"child": {"name": "a", "unknown": 1}},
        {"child": {"name": "a", "took": 5}},
        *({"took": seconds} for seconds in (float(MAX_EXACT_SECONDS), -0.0, 1e-7, "PT5S", 5)),
    ],
    ids=str,
)
def test_a_document_that_the_model_might_change_is_left_to_it(given: dict[str, Any]) -> None:
    with pytest.raises(Unsure):
        WholeView({**NEEDED, **given}).document()
