"""The orders of task runs (docs/contract/filters.md 6)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.artifacts import Artifact
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.runs.facts import TaskRunFacts, duration
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import StateType
from runledger.domain.sorting import (
    FlowRunSort,
    FlowSort,
    Page,
    Sort,
    TaskRunSort,
    has_value,
    rank_artifact,
    rank_deployment,
    rank_flow,
    rank_flow_run,
    rank_task_run,
)
from runledger.store.runs.task_run_items import Stored
from runledger.store.search.planner import WHOLE
from tests.support.facts import facts_of, flow_run_facts, task_run_facts
from tests.transitions.building import flow_run, state, task_run

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def run(age: int = 0, **facts: Any) -> TaskRunFacts:
    usual = {
        "id": UUID(int=age),
        "created": NOW - age * DAY,
        "name": "run",
        "state_type": StateType.RUNNING,
        "state_name": "Running",
        "state_timestamp": NOW,
        "expected_start_time": NOW,
    }
    return task_run_facts(**{**usual, **facts})


def ordered(runs: list[TaskRunFacts], sort: TaskRunSort) -> list[TaskRunFacts]:
    page = Page(sort.order, 0, 200, NOW)
    return sorted(runs, key=lambda facts: rank_task_run(facts, page), reverse=sort.order.reverse)


def test_a_rank_tells_whether_there_is_a_value() -> None:
    page = Page(TaskRunSort.END_TIME_DESC.order, 0, 200)
    for end in (None, NOW):
        assert has_value(rank_task_run(run(end_time=end), page)) == (end is not None)


def test_a_page_by_duration_is_as_of_an_instant() -> None:
    page = Page(TaskRunSort.DURATION_ASC.order, 0, 200)
    with pytest.raises(ValueError, match="as of an instant"):
        rank_task_run(run(), page)
    assert rank_task_run(run(), page.as_of(NOW))


def test_a_flow_run_that_did_not_start_stands_where_it_is_expected_to() -> None:
    times: list[dict[str, Any]] = [{"start_time": NOW}, {"expected_start_time": NOW - DAY}, {}]
    runs = [flow_run(None, **given) for given in times]
    found = sorted(runs, key=lambda one: rank_flow_run(flow_run_facts(one), "start_time"))
    assert found == [runs[2], runs[1], runs[0]]
    names = [flow_run_facts(flow_run(None).replace(name=name)) for name in "ba"]
    assert rank_flow_run(names[1], "name") < rank_flow_run(names[0], "name")


def test_flows_and_deployments_stand_by_a_column_and_then_by_their_age() -> None:
    own: dict[str, Any] = {"id": UUID(int=1), "updated": NOW}
    flows = [
        Flow(name=name, created=NOW - age * DAY, **own)
        for name, age in [("b", 0), ("a", 0), ("a", 1)]
    ]
    found = sorted(flows, key=lambda flow: rank_flow(flow, "name"))
    assert found == [flows[2], flows[1], flows[0]]
    deployments = [
        Deployment(name=flow.name, created=flow.created, flow_id=flow.id, **own) for flow in flows
    ]
    by_name = sorted(deployments, key=lambda one: rank_deployment(one, "name"))
    assert [(one.name, one.created) for one in by_name] == [
        (flow.name, flow.created) for flow in found
    ]


@pytest.mark.parametrize("sort", [*TaskRunSort, *FlowRunSort, *FlowSort])
def test_every_order_has_an_index(sort: Sort) -> None:
    assert WHOLE[sort.order.column]


def test_ids_are_listed_from_the_last_in_the_order_of_their_text() -> None:
    ids = [UUID(text) for text in ("ff" * 16, "a0" * 16, "9f" * 16, "00" * 16)]
    found = ordered([run(id=ids[at]) for at in (2, 0, 3, 1)], TaskRunSort.ID_DESC)
    assert [facts.id for facts in found] == ids


def test_names_are_listed_by_their_bytes() -> None:
    names = ["", "1", "B", "_", "a", "aa", "é", "\uffff", "\U0001f600"]
    found = ordered([run(name=name) for name in reversed(names)], TaskRunSort.NAME_ASC)
    assert [facts.name for facts in found] == names


@pytest.mark.parametrize(
    ("sort", "column", "days"),
    [
        (TaskRunSort.EXPECTED_START_TIME_ASC, "expected_start_time", [1, 2, 3]),
        (TaskRunSort.EXPECTED_START_TIME_DESC, "expected_start_time", [3, 2, 1]),
        (TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC, "next_scheduled_start_time", [None, 1, 2]),
        (TaskRunSort.END_TIME_DESC, "end_time", [2, 1, None]),
    ],
)
def test_times_are_listed_with_the_missing_ones_first_going_up(
    sort: TaskRunSort, column: str, days: list[int | None]
) -> None:
    times: list[Any] = [None if day is None else NOW + day * DAY for day in days]
    runs = [run(**{column: times[at]}) for at in (1, 2, 0)]
    assert [getattr(facts, column) for facts in ordered(runs, sort)] == times


@pytest.mark.parametrize(
    ("sort", "ages"),
    [
        (TaskRunSort.NAME_ASC, [3, 2, 1]),
        (TaskRunSort.NAME_DESC, [1, 2, 3]),
        (TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC, [3, 2, 1]),
        (TaskRunSort.END_TIME_DESC, [1, 2, 3]),
    ],
)
def test_equals_are_listed_by_age_the_oldest_first_going_up(
    sort: TaskRunSort, ages: list[int]
) -> None:
    runs = [run(age) for age in (2, 3, 1)]
    assert [facts.id.int for facts in ordered(runs, sort)] == ages


def test_equals_of_one_age_are_listed_by_id() -> None:
    runs = [run(id=UUID(int=number)) for number in (2, 1, 3)]
    assert [facts.id.int for facts in ordered(runs, TaskRunSort.NAME_DESC)] == [3, 2, 1]


def ended(number: int, seconds: float, days: int | None = 0) -> TaskRunFacts:
    """A run that took so long, and was expected to start so many days from now."""
    return run(
        id=UUID(int=number),
        state_type=StateType.COMPLETED,
        total_run_time=timedelta(seconds=seconds),
        expected_start_time=None if days is None else NOW + days * DAY,
    )


def since(number: int, seconds: float, before: float = 0) -> TaskRunFacts:
    """A run that is in RUNNING for so long, and was before for so long."""
    total, entered = timedelta(seconds=before), NOW - timedelta(seconds=seconds)
    return run(id=UUID(int=number), total_run_time=total, state_timestamp=entered)


def test_a_run_takes_as_long_as_its_facts_say() -> None:
    begun = task_run(state("RUNNING"), total_run_time=DAY, expected_start_time=NOW)
    for one in (begun, task_run(None)):
        assert duration(one) == duration(facts_of(Stored(one, 1)))


NEVER = run(id=UUID(int=9), state_type=StateType.PENDING)


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        (TaskRunSort.DURATION_ASC, [9, 3, 1, 2, 4, 5]),
        (TaskRunSort.DURATION_DESC, [5, 4, 2, 1, 3, 9]),
    ],
)
def test_durations_grow_of_what_runs(sort: TaskRunSort, numbers: list[int]) -> None:
    runs = [ended(1, 2), since(2, 1, before=2), ended(3, 1), NEVER, ended(4, 3.5), since(5, 4)]
    assert [facts.id.int for facts in ordered(runs, sort)] == numbers


@pytest.mark.parametrize("sort", [TaskRunSort.DURATION_ASC, TaskRunSort.DURATION_DESC])
def test_equal_durations_are_listed_from_the_last_expected_start_either_way(
    sort: TaskRunSort,
) -> None:
    runs = [
        ended(1, 2, 0),
        ended(2, 2, None),
        ended(3, 2, 5),
        ended(4, 2, 0),
        since(5, 1, before=1),
    ]
    assert [facts.id.int for facts in ordered(runs, sort)] == [3, 5, 4, 1, 2]


def test_artifacts_are_ranked_by_key_then_by_age() -> None:
    made = [("b", 1), ("a", 2), ("a", 3)]
    artifacts = [
        Artifact(id=UUID(int=age), created=NOW + age * DAY, updated=NOW, key=key)
        for key, age in made
    ]
    ranked = sorted(artifacts, key=lambda artifact: rank_artifact(artifact, "key"))
    assert [artifact.key for artifact in ranked] == ["a", "a", "b"]
