"""Task runs that stand for flow runs (docs/contract/neighbours.md 4)."""

from typing import Any

import httpx
import pytest

from tests.store.support.asking import ask, made, new_flow, new_flow_run, new_task_run, removal
from tests.store.support.proposing import JSON, proposal, read, task_run_states

MIRRORED = ("type", "name", "message", "data")


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def parent(api: httpx.Client) -> JSON:
    flow = made(api, new_flow("outer"))
    outer = made(api, new_flow_run(flow["id"], state={"type": "RUNNING"}))
    run: JSON = made(api, new_task_run(flow_run_id=outer["id"]))
    return run


@pytest.fixture
def child(api: httpx.Client, parent: JSON) -> JSON:
    flow = made(api, new_flow("inner"))
    run: JSON = made(api, new_flow_run(flow["id"], parent_task_run_id=parent["id"]))
    return run


def state_summary(state: JSON) -> tuple[Any, ...]:
    return tuple(state[name] for name in MIRRORED)


def move(api: httpx.Client, run: JSON, kind: str, **state: Any) -> JSON:
    answer: JSON = ask(api, proposal("flow_runs", run, kind, **state)).json()
    return answer


def test_a_subflow_run_shows_on_its_parent_from_its_creation_on(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    assert len(task_run_states(api, parent)) == 2
    assert state_summary(read(api, "task_runs", parent)["state"]) == state_summary(child["state"])


def test_each_state_of_a_subflow_run_shows_on_its_parent(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    move(api, child, "RUNNING", name="Mine", message="why")
    entered = move(api, child, "COMPLETED", data={"kept": 1})["state"]
    assert state_summary(read(api, "task_runs", parent)["state"]) == state_summary(entered)
    assert [state_summary(state)[:3] for state in task_run_states(api, parent)[2:]] == [
        ("RUNNING", "Mine", "why"),
        ("COMPLETED", "Completed", None),
    ]


def test_what_shows_on_a_parent_is_a_state_of_its_own(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    entered = move(api, child, "RUNNING")["state"]
    shown = read(api, "task_runs", parent)["state"]
    assert shown["id"] != entered["id"]
    details = shown["state_details"]
    assert details["child_flow_run_id"] == child["id"]
    assert (details["task_run_id"], details["flow_run_id"]) == (parent["id"], parent["flow_run_id"])


def test_a_subflow_runs_own_state_names_its_parent(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    details = move(api, child, "RUNNING")["state"]["state_details"]
    assert (details["task_run_id"], details["flow_run_id"]) == (parent["id"], child["id"])


def test_a_parent_counts_and_times_what_it_shows(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    for kind in ("RUNNING", "FAILED"):
        move(api, child, kind)
    seen = read(api, "task_runs", parent)
    assert (seen["run_count"], seen["flow_run_run_count"]) == (1, 0)
    assert seen["start_time"] < seen["end_time"] == seen["state"]["timestamp"]
    assert seen["total_run_time"] > 0


def test_what_a_parent_shows_asks_no_rules(api: httpx.Client, parent: JSON, child: JSON) -> None:
    ask(api, proposal("task_runs", parent, "COMPLETED", force=True, data={"kept": 1}))
    move(api, child, "RUNNING")
    assert read(api, "task_runs", parent)["state_type"] == "RUNNING"


def test_what_replaces_a_proposal_shows_on_the_parent(api: httpx.Client, parent: JSON) -> None:
    policy = {"empirical_policy": {"retries": 1}, "parent_task_run_id": parent["id"]}
    child = made(api, new_flow_run(made(api, new_flow("inner"))["id"], **policy))
    for kind in ("RUNNING", "FAILED"):
        move(api, child, kind)
    seen = read(api, "task_runs", parent)
    assert (seen["state_name"], read(api, "flow_runs", child)["state_name"]) == (
        "AwaitingRetry",
        "AwaitingRetry",
    )
    assert seen["next_scheduled_start_time"] == seen["state"]["state_details"]["scheduled_time"]


def test_what_is_refused_does_not_show(api: httpx.Client, parent: JSON, child: JSON) -> None:
    before = read(api, "task_runs", parent)
    assert move(api, child, "PAUSED")["status"] == "REJECT"
    assert task_run_states(api, parent)[-1] == before["state"]


def test_a_parent_keeps_what_it_shows_when_its_subflow_run_is_deleted(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    shown = move(api, child, "RUNNING")["state"]
    ask(api, removal("flow_runs", child))
    assert state_summary(read(api, "task_runs", parent)["state"]) == state_summary(shown)


def test_a_subflow_run_goes_on_without_its_parent(
    api: httpx.Client, parent: JSON, child: JSON
) -> None:
    ask(api, removal("task_runs", parent))
    assert move(api, child, "RUNNING")["status"] == "ACCEPT"
    assert read(api, "flow_runs", child)["parent_task_run_id"] is None


def test_only_a_subflow_runs_own_parent_shows_it(api: httpx.Client, child: JSON) -> None:
    other = made(api, new_task_run(dynamic_key="other"))
    move(api, child, "RUNNING")
    assert read(api, "task_runs", other)["state_type"] == "PENDING"
