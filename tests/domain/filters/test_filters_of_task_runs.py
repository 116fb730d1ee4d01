"""Combined criteria of task runs, with the reference's oddities."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.states import StateType
from tests.support.facts import task_run_facts

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
PARENT = str(UUID(int=5))


def run(**facts: Any) -> TaskRunFacts:
    usual = {
        "id": UUID(int=1),
        "created": NOW,
        "name": "Alpha",
        "state_type": StateType.RUNNING,
        "state_name": "Running",
        "state_timestamp": NOW,
        "expected_start_time": NOW,
    }
    return task_run_facts(**{**usual, **facts})


def matches(asked: dict[str, Any], **facts: Any) -> bool:
    return TaskRunFilter.model_validate(asked, context={"now": NOW}).matches(run(**facts))


NO_MATCH: dict[str, Any] = {"name": {"any_": []}}


@pytest.mark.parametrize(
    "nothing_asked",
    [{}, {"operator": "or_"}, {"name": None}, {"name": {}}, {"name": {"any_": None}}],
    ids=str,
)
def test_a_filter_that_asks_nothing_matches(nothing_asked: dict[str, Any]) -> None:
    assert matches(nothing_asked)


@pytest.mark.parametrize("field", ["id", "name", "flow_run_id"])
def test_an_empty_any_matches_nothing(field: str) -> None:
    assert not matches({field: {"any_": []}}, flow_run_id=UUID(PARENT))


@pytest.mark.parametrize("idle", [{"tags": {"all_": []}}, {"name": {"like_": ""}}], ids=str)
def test_an_empty_all_or_like_is_no_criterion(idle: dict[str, Any]) -> None:
    assert matches(idle)


@pytest.mark.parametrize(
    "empty", [{"tags": {}}, {"start_time": {"is_null_": None}}, {"state": {}}], ids=str
)
def test_an_empty_criterion_makes_an_or_match_everything(empty: dict[str, Any]) -> None:
    assert matches({**NO_MATCH, **empty, "operator": "or_"})


def test_a_null_criterion_is_left_out_of_an_or() -> None:
    assert not matches({**NO_MATCH, "tags": None, "operator": "or_"})


def test_an_or_needs_one_criterion_of_many() -> None:
    assert matches({**NO_MATCH, "state": {"type": {"any_": ["RUNNING"]}}, "operator": "or_"})


def test_an_and_needs_every_criterion() -> None:
    assert not matches({**NO_MATCH, "state": {"type": {"any_": ["RUNNING"]}}})


# The reference leaves the empty parts of a state criterion out, instead of reading them as true.
def test_an_empty_part_of_a_state_is_left_out_of_its_or() -> None:
    asked = {"type": {"any_": ["FAILED"]}, "name": {}, "operator": "or_"}
    assert not matches({"state": asked})


@pytest.mark.parametrize(
    ("asked", "without", "within"),
    [
        # The reference never looks at this criterion's operator ...
        ({"is_null_": True, "any_": [PARENT], "operator": "or_"}, True, False),
        ({"is_null_": True}, True, False),
        # ... and takes its absent is_null_ for false, which asks for any flow run at all.
        ({}, False, True),
        ({"any_": None}, False, True),
        ({"is_null_": False}, False, True),
        ({"any_": [PARENT]}, False, True),
        ({"any_": [PARENT], "is_null_": None}, False, True),
        ({"any_": [str(UUID(int=6))]}, False, False),
        ({"is_null_": None}, True, True),
    ],
    ids=str,
)
def test_flow_run_id_has_rules_of_its_own(
    asked: dict[str, Any], *, without: bool, within: bool
) -> None:
    found = (
        matches({"flow_run_id": asked}),
        matches({"flow_run_id": asked}, flow_run_id=UUID(PARENT)),
    )
    assert found == (without, within)


@pytest.mark.parametrize(
    ("operator", "limit", "found"),
    [
        ("before_", NOW - MOMENT, False),
        ("before_", NOW, True),
        ("after_", NOW, True),
        ("after_", NOW + MOMENT, False),
    ],
)
def test_limits_of_time_are_inclusive(operator: str, limit: datetime, *, found: bool) -> None:
    assert matches({"end_time": {operator: limit.isoformat()}}, end_time=NOW) is found


@pytest.mark.parametrize("operator", ["before_", "after_"])
def test_a_missing_time_is_neither_before_nor_after(operator: str) -> None:
    assert not matches({"end_time": {operator: "now"}})


def test_now_is_the_time_of_the_request() -> None:
    asked = {"before_": "now", "after_": "now"}
    assert matches({"expected_start_time": asked}, expected_start_time=NOW)


def test_limits_of_time_may_come_with_an_offset() -> None:
    assert matches({"expected_start_time": {"after_": "2026-11-22T21:00:00+01:00"}})


@pytest.mark.parametrize(("tags", "empty"), [((), True), (("a",), False)])
def test_tags_are_null_when_there_are_none(tags: tuple[str, ...], *, empty: bool) -> None:
    assert matches({"tags": {"is_null_": empty}}, tags=tags)


@pytest.mark.parametrize(("count", "exists"), [(0, False), (1, True), (2, True)])
def test_subflow_runs_exist_from_the_first_on(count: int, *, exists: bool) -> None:
    assert matches({"subflow_runs": {"exists_": exists}}, subflow_runs=count)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("a%c", "aXXc"),
        ("a_c", "abc"),
        ("a_c%_", "a\nc!"),
        ("%%__%", "ab"),
        ("b%a", "abba"),
        ("\\_", "\\x"),
        ("c++.", "C++.x"),
        ("é", "caféine"),
    ],
)
def test_like_finds_a_pattern_anywhere(pattern: str, name: str) -> None:
    assert matches({"name": {"like_": pattern}}, name=name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("a_c", "ac"), ("ab%ab", "ab"), ("a_%_c", "abc"), ("\\%", "%"), ("É", "é"), ("ß", "ss")],
)
def test_like_knows_no_escape_and_no_case_but_that_of_ascii(pattern: str, name: str) -> None:
    assert not matches({"name": {"like_": pattern}}, name=name)


@pytest.mark.parametrize("pattern", ["%a" * 2_000 + "b", "%a_" * 2_000 + "b"], ids=len)
def test_like_does_not_backtrack(pattern: str) -> None:
    assert not matches({"name": {"like_": pattern}}, name="a" * 20_000)
