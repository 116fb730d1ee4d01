"""Inputs of a flow run that is running."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.errors import Invalid
from runledger.domain.runs.flow_run_inputs import MAX_KEY, FlowRunInput, FlowRunInputQuery
from tests.transitions.building import NOW


def given(key: str, second: int = 0) -> FlowRunInput:
    ids: dict[str, Any] = {"id": UUID(int=1), "flow_run_id": UUID(int=2)}
    created = NOW + timedelta(seconds=second)
    return FlowRunInput(created=created, updated=created, key=key, value="v", **ids)


def query(prefix: str = "", limit: int = -1, exclude: Sequence[str] = ()) -> FlowRunInputQuery:
    return FlowRunInputQuery(prefix=prefix, limit=limit, exclude_keys=exclude)


@pytest.mark.parametrize("key", ["", "a-1", "x" * MAX_KEY])
def test_a_key_has_lowercase_letters_numbers_and_dashes(key: str) -> None:
    given(key).check_key()


@pytest.mark.parametrize("key", ["A", "a_b", "é", "a\n", "x" * (MAX_KEY + 1)])
def test_another_key_is_invalid(key: str) -> None:
    with pytest.raises(Invalid, match="lowercase letters, numbers, and dashes"):
        given(key).check_key()


@pytest.mark.parametrize(
    ("prefix", "beginning"), [("", ""), ("aB-%c", "ab-"), ("a_b", "a"), ("é", None)]
)
def test_a_prefix_begins_literally_up_to_a_wildcard(prefix: str, beginning: str | None) -> None:
    assert query(prefix).beginning == beginning


def test_inputs_that_are_wanted_come_the_oldest_first_as_many_as_are_asked_for() -> None:
    there = [given("a-3", 3), given("b-1", 1), given("a-2", 2), given("a-1", 2), given("a-0", 0)]
    keys = [one.key for one in query("a-", exclude=["a-0"]).first(there)]
    assert keys == ["a-1", "a-2", "a-3"]
    assert [one.key for one in query("a-", limit=2).first(there)] == ["a-0", "a-1"]
    assert query("a-", limit=0).first(there) == []
