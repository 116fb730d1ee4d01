from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from runledger.domain.events.events import Event
from runledger.domain.events.recorder import (
    MAX_NAME,
    MAX_TAG,
    MAX_TAGS,
    SHORTENED,
    Recording,
    TaskRunReport,
    apply_report,
    reports_task_run,
    shortened,
    task_run_report,
)
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from tests.reporting.building import FLOW_RUN_ID, RUN_ID, at, event

NOW = at(3600)


def report(asked: Event) -> TaskRunReport:
    found = task_run_report(asked, name="slug", now=NOW)
    assert found
    return found


def record(asked: Event, seen: TaskRun | None = None, *entered: State) -> Recording:
    return apply_report(seen, entered, report(asked), now=NOW)


def run_of(asked: Event) -> TaskRun:
    run = record(asked).run
    assert run
    return run


def state_of(asked: Event) -> State:
    return report(asked).state


def after(first: Event, then: Event) -> Recording:
    """Return the first event's run as the second one changes it."""
    begun = record(first)
    assert begun.state
    return record(then, begun.run, begun.state)


def resource(**labels: str) -> dict[str, str]:
    return {
        "prefect.resource.id": f"prefect.task-run.{RUN_ID}",
        "prefect.orchestration": "client",
    } | {f"prefect.{name.replace('_', '.')}": text for name, text in labels.items()}


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({}, True),
        ({"event": "prefect.task-runner.x"}, True),
        ({"event": "prefect.flow-run.Running"}, False),
        ({"resource": resource(orchestration="server")}, False),
    ],
)
def test_what_clients_say_of_task_runs_counts(changes: dict[str, Any], counted: bool) -> None:  # noqa: FBT001
    assert reports_task_run(event(**changes)) is counted


def test_a_state_has_the_id_and_the_time_of_its_event() -> None:
    asked = event(5)
    assert (state_of(asked).id, state_of(asked).timestamp) == (asked.id, at(5))


def test_a_state_without_a_name_is_named_for_its_type() -> None:
    assert state_of(event(kind="COMPLETED", state={"name": None})).name == "Completed"


def test_a_scheduled_state_without_a_time_is_due_now() -> None:
    assert state_of(event(kind="SCHEDULED")).state_details.scheduled_time == NOW


def test_the_first_related_flow_run_is_the_runs() -> None:
    assert run_of(event(flow_run_id=FLOW_RUN_ID)).flow_run_id == FLOW_RUN_ID


def test_a_run_knows_what_its_event_says_of_it() -> None:
    said = {"tags": ["b", "a"], "run_count": 3, "total_run_time": 1.5, "labels": {"x": 1}}
    run = run_of(event(run=said))
    assert (run.tags, run.run_count, run.labels) == (("b", "a"), 3, {"x": 1})
    assert run.total_run_time == timedelta(seconds=1.5)


def test_nothing_follows_from_a_reported_state_but_what_the_event_says() -> None:
    run = run_of(event())
    assert (run.run_count, run.start_time, run.expected_start_time, run.labels) == (
        *(0, None, None),
        None,
    )


@pytest.mark.parametrize("name", [None, ""])
def test_a_run_without_a_name_is_given_one(name: str | None) -> None:
    assert run_of(event(run={"name": name})).name == "slug"


def test_ids_in_the_details_are_the_runs_own() -> None:
    details = {"task_run_id": str(uuid4()), "flow_run_id": str(uuid4())}
    state = run_of(event(state={"state_details": details})).state
    assert state
    assert (state.state_details.task_run_id, state.state_details.flow_run_id) == (RUN_ID, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": {}},
        {"state": {"type": "NOWHERE"}},
        {"run": {"task_key": None}},
        {"run": {"run_count": None}},
        {"resource": resource(resource_id="prefect.task-run.x")},
        {"resource": resource(resource_id=f"prefect.task-runner.{RUN_ID}")},
        {"flow_run_id": "x"},
    ],
)
def test_an_event_that_breaks_the_rules_says_nothing(changes: dict[str, Any]) -> None:
    assert task_run_report(event(**changes), name="slug", now=NOW) is None


def test_reading_an_event_leaves_it_as_it_came() -> None:
    policy = {"max_retries": 3}
    asked = event(run={"empirical_policy": policy})
    report(asked)
    assert asked.payload["task_run"]["empirical_policy"] == {"max_retries": 3}


def test_a_newer_state_becomes_the_runs() -> None:
    found = after(event(1), event(2, "COMPLETED"))
    assert found.run
    assert (found.run.state_type, found.run.state, found.run.updated) == (
        *("COMPLETED", found.state),
        NOW,
    )


def test_an_older_state_leaves_the_run_as_it_is_and_joins_its_history() -> None:
    late = event(1, run={"name": "late"})
    found = after(event(2, "COMPLETED"), late)
    assert (found.run, found.state and found.state.id) == (None, late.id)


def test_a_second_state_of_the_same_time_is_lost() -> None:
    assert after(event(1), event(1, "COMPLETED")) == Recording()


@pytest.mark.parametrize("second", [0, 1, 2])
def test_an_event_that_came_before_says_nothing_new(second: int) -> None:
    first = event(1)
    assert after(first, event(second, "COMPLETED", id=str(first.id))) == Recording()


def test_what_a_newer_event_leaves_out_stays() -> None:
    found = after(event(1, run={"run_count": 3, "tags": ["a"]}), event(2, run={"run_count": 4}))
    assert found.run
    assert (found.run.run_count, found.run.tags) == (4, ("a",))


def test_a_newer_event_of_no_flow_run_takes_the_run_out_of_its_own() -> None:
    found = after(event(1, flow_run_id=FLOW_RUN_ID), event(2))
    assert found.run
    assert found.run.flow_run_id is None


def test_a_run_found_by_its_key_keeps_its_id() -> None:
    found = after(event(1), event(2, run_id=UUID(int=9)))
    assert found.run
    assert found.state
    assert (found.run.id, found.state.state_details.task_run_id) == (RUN_ID, RUN_ID)


@pytest.mark.parametrize("message", [None, "said"])
def test_a_report_is_shortened_to_what_every_index_takes(message: str | None) -> None:
    said = {"name": "n" * 9_000, "tags": ["t" * 9_000] * 900}
    named = event(run=said, state={"name": "s" * 9_000, "message": message})
    short = shortened(report(named))
    assert len(short.columns["name"]) == len(short.state.name) == MAX_NAME
    assert len(short.columns["tags"]) == MAX_TAGS
    assert {len(tag) for tag in short.columns["tags"]} == {MAX_TAG}
    assert (short.state.message or "").splitlines() == [*filter(None, [message]), SHORTENED]


def test_a_report_without_a_name_and_tags_is_shortened_too() -> None:
    whole = report(event())
    bare = {"task_key": "t", "dynamic_key": "d"}
    short = shortened(whole._replace(columns=bare))
    assert (short.columns, short.key) == (bare, (None, "t", "d"))


def test_a_resource_of_another_kind_is_malformed() -> None:
    other = {"prefect.resource.id": "prefect.flow-run.1", "prefect.orchestration": "client"}
    assert task_run_report(event(resource=other), name="slug", now=NOW) is None
