"""Proposals of every kind, each asked of a table that holds what it needs, and their calls."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from tests.store.support.asking import (
    Asked,
    flow_run_id,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
)
from tests.store.support.proposing import JSON, proposal


class Proposed(NamedTuple):
    """A run and what is proposed for it."""

    of: str
    run: JSON
    asked: Asked


Scene = Callable[[httpx.Client], Proposed]

CACHED = {"cache_key": "k"}


def _proposed(of: str, run: JSON, state_type: str, **state: Any) -> Proposed:
    return Proposed(of, run, proposal(of, run, state_type, **state))


def _by_force(api: httpx.Client, of: str, run: JSON, *states: JSON) -> JSON:
    for state in states:
        made(api, Asked("POST", f"/{of}/{run['id']}/set_state", {"state": state, "force": True}))
    return run


def _task_run(api: httpx.Client, *states: JSON, **fields: object) -> JSON:
    asked = new_task_run(dynamic_key=str(uuid4()), **fields)
    return _by_force(api, "task_runs", made(api, asked), *states)


def _running_flow_run(api: httpx.Client) -> str:
    run = {"id": flow_run_id(api)}
    return str(_by_force(api, "flow_runs", run, {"type": "RUNNING"})["id"])


def start(api: httpx.Client) -> Proposed:
    return _proposed("task_runs", _task_run(api), "RUNNING")


def start_deferred(api: httpx.Client) -> Proposed:
    flow_run = _running_flow_run(api)
    details = {"deferred": True, "flow_run_id": flow_run}
    run = _task_run(api, flow_run_id=flow_run)
    return _proposed("task_runs", run, "RUNNING", state_details=details)


def start_by_force(api: httpx.Client) -> Proposed:
    run = _task_run(api, flow_run_id=_running_flow_run(api))
    return Proposed("task_runs", run, proposal("task_runs", run, "RUNNING", force=True))


def start_in_a_flow_run(api: httpx.Client) -> Proposed:
    return _proposed("task_runs", _task_run(api, flow_run_id=_running_flow_run(api)), "RUNNING")


def start_in_a_named_flow_run(api: httpx.Client) -> Proposed:
    flow_run = _running_flow_run(api)
    run = _task_run(api, flow_run_id=flow_run)
    return _proposed("task_runs", run, "RUNNING", state_details={"flow_run_id": flow_run})


def start_too_early(api: httpx.Client) -> Proposed:
    later = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2099-01-01T00:00:00Z"}}
    return _proposed("task_runs", _task_run(api, later), "RUNNING")


def crash_after_the_end(api: httpx.Client) -> Proposed:
    return _proposed("task_runs", _task_run(api, {"type": "FAILED"}), "CRASHED")


def fail_with_a_retry_left(api: httpx.Client) -> Proposed:
    policy = {"retries": 1}
    run = _task_run(api, {"type": "RUNNING"}, empirical_policy=policy)
    return _proposed("task_runs", run, "FAILED", message="why")


def complete_under_a_cache_key(api: httpx.Client) -> Proposed:
    run = _task_run(api, {"type": "RUNNING"})
    return _proposed("task_runs", run, "COMPLETED", state_details=CACHED, data={"kept": 1})


def complete_under_a_used_cache_key(api: httpx.Client) -> Proposed:
    made(api, complete_under_a_cache_key(api).asked)
    return complete_under_a_cache_key(api)


def start_with_a_cached_result(api: httpx.Client) -> Proposed:
    made(api, complete_under_a_cache_key(api).asked)
    return _proposed("task_runs", _task_run(api), "RUNNING", state_details=CACHED)


def start_flow_run(api: httpx.Client) -> Proposed:
    return _proposed("flow_runs", {"id": flow_run_id(api)}, "RUNNING")


def start_subflow_run(api: httpx.Client) -> Proposed:
    flow = made(api, new_flow())
    parent = _task_run(api)
    run = made(api, new_flow_run(flow["id"], parent_task_run_id=parent["id"]))
    return _proposed("flow_runs", run, "RUNNING")


def pause_flow_run_too_early(api: httpx.Client) -> Proposed:
    return _proposed("flow_runs", {"id": flow_run_id(api)}, "PAUSED")


def hand_out_paused_flow_run(api: httpx.Client) -> Proposed:
    run = {"id": flow_run_id(api)}
    return _proposed("flow_runs", _by_force(api, "flow_runs", run, {"type": "PAUSED"}), "PENDING")


def hand_out_flow_run_of_a_deployment(api: httpx.Client) -> Proposed:
    deployment = {"name": "nightly", "flow_id": made(api, new_flow())["id"]}
    found = made(api, Asked("POST", "/deployments/", deployment))
    run = made(api, Asked("POST", f"/deployments/{found['id']}/create_flow_run", {}))
    return _proposed("flow_runs", run, "PENDING")


GET, BATCH, PUT, TRANSACT = "GetItem", "BatchGetItem", "PutItem", "TransactWriteItems"

# What each asks DynamoDB, in order: one read where the proposal names all it needs, one commit.
CALLS: dict[Scene, list[str]] = {
    start: [GET, PUT],
    start_deferred: [BATCH, PUT],
    start_by_force: [GET, PUT],
    start_in_a_flow_run: [GET, GET, PUT],
    start_in_a_named_flow_run: [BATCH, PUT],
    start_too_early: [GET],
    crash_after_the_end: [GET],
    fail_with_a_retry_left: [GET, PUT],
    complete_under_a_cache_key: [BATCH, TRANSACT],
    complete_under_a_used_cache_key: [BATCH, TRANSACT],
    # The state that serves is read from the history of its run.
    # The cached data have an artifact of this run too.
    start_with_a_cached_result: [BATCH, GET, TRANSACT],
    start_flow_run: [GET, PUT],
    start_subflow_run: [GET, GET, TRANSACT],
    pause_flow_run_too_early: [GET],
    # Refused, it is remembered all the same that the pause was to end.
    hand_out_paused_flow_run: [GET, PUT],
    hand_out_flow_run_of_a_deployment: [GET, GET, PUT],
}

STEPS = [(scene, call) for scene, calls in CALLS.items() for call in range(len(calls))]

# The names of a run's states beforehand, and what the proposal adds when it is made once and again.
STORIES: dict[Scene, tuple[str, str, str]] = {
    start: ("Pending", "Running", "Rerunning"),
    start_deferred: ("Pending", "Running", "Rerunning"),
    start_by_force: ("Pending", "Running", "Running"),
    start_in_a_flow_run: ("Pending", "Running", "Rerunning"),
    start_in_a_named_flow_run: ("Pending", "Running", "Rerunning"),
    start_too_early: ("Pending Scheduled", "", ""),
    crash_after_the_end: ("Pending Failed", "", ""),
    fail_with_a_retry_left: ("Pending Running", "AwaitingRetry", "Failed"),
    complete_under_a_cache_key: ("Pending Running", "Completed", ""),
    complete_under_a_used_cache_key: ("Pending Running", "Completed", ""),
    start_with_a_cached_result: ("Pending", "Cached", "Cached"),
    start_flow_run: ("Pending", "Running", "Running"),
    start_subflow_run: ("Pending", "Running", "Running"),
    pause_flow_run_too_early: ("Pending", "", ""),
    hand_out_paused_flow_run: ("Pending Paused", "", ""),
    hand_out_flow_run_of_a_deployment: ("Scheduled", "Pending", ""),
}
