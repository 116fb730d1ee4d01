"""Whoever proposes states for one run at once: each accepted one counts, once and in order."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from tests.store.support.asking import Asked, Site, ask_at_once, flow_run_id, made, new_task_run
from tests.store.support.calls import Refusal, refused
from tests.store.support.proposing import attempts, ids, proposal, read, task_run_states, written
from tests.support.client_events import AnyClient

PROPOSERS = 32
CONFLICT = Refusal(400, "TransactionCanceledException", ("TransactionConflict", "None"))
RETRYING = {"empirical_policy": {"retries": 3}}
KINDS: dict[str, Any] = {
    "default": {},
    "forced": {"force": True},
    "deferred": {"state_details": {"deferred": True}},
}

each_kind = pytest.mark.parametrize("kind", KINDS)
each_weather = pytest.mark.parametrize("conflicts", [0, PROPOSERS], ids=["calm", "conflicts"])


def conflicting(client: AnyClient, times: int) -> AbstractContextManager[None]:
    """So many commits meet another transaction first: each proposer's first one."""
    return refused(client, CONFLICT, "TransactWriteItems", times=times) if times else nullcontext()


@each_weather
@each_kind
def test_of_32_who_start_a_run_each_one_accepted_counts_once_and_in_order(
    site_on_dynoxide: Site, kind: str, conflicts: int
) -> None:
    api, _, client = site_on_dynoxide
    run = made(api, new_task_run())
    asked = [proposal("task_runs", run, "RUNNING", **KINDS[kind])] * PROPOSERS
    with conflicting(client, conflicts):
        actual = written(ask_at_once(api, asked))
    states = task_run_states(api, run)
    assert len(actual) == PROPOSERS
    assert ids(states[1:]) == ids(actual)
    assert read(api, "task_runs", run)["run_count"] == PROPOSERS


@each_weather
def test_racing_starts_are_decided_one_after_the_other(
    site_on_dynoxide: Site, conflicts: int
) -> None:
    api, _, client = site_on_dynoxide
    run = made(api, new_task_run(flow_run_id=None))
    with conflicting(client, conflicts):
        ask_at_once(api, [proposal("task_runs", run, "RUNNING")] * PROPOSERS)
    names = [state["name"] for state in task_run_states(api, run)]
    assert names == ["Pending", "Running", *["Rerunning"] * (PROPOSERS - 1)]


@each_weather
def test_starts_failures_and_completions_that_race_are_all_there_once_and_in_order(
    site_on_dynoxide: Site, conflicts: int
) -> None:
    api, _, client = site_on_dynoxide
    run = made(api, new_task_run(**RETRYING))
    types = ("RUNNING", "FAILED", "COMPLETED", "RUNNING")
    asked = [proposal("task_runs", run, kind) for kind in types * (PROPOSERS // len(types))]
    with conflicting(client, conflicts):
        actual = written(ask_at_once(api, asked))
    states = task_run_states(api, run)
    assert ids(states[1:]) == ids(actual)
    found = read(api, "task_runs", run)
    assert found["run_count"] == attempts(states)
    assert found["state"] == states[-1]


def test_no_two_states_of_a_run_share_a_time(site_on_dynoxide: Site) -> None:
    api = site_on_dynoxide.api
    run = made(api, new_task_run())
    ask_at_once(api, [proposal("task_runs", run, "PENDING", force=True)] * PROPOSERS)
    times = [state["timestamp"] for state in task_run_states(api, run)]
    assert len(times) == len(set(times)) == PROPOSERS + 1


def test_a_run_that_is_deleted_meanwhile_leaves_nothing_behind(
    site_on_dynoxide: Site,
) -> None:
    api = site_on_dynoxide.api
    run = made(api, new_task_run())
    starts = [proposal("task_runs", run, "RUNNING")] * 8
    answers = ask_at_once(api, [*starts, Asked("DELETE", f"/task_runs/{run['id']}")])
    assert {answer.status_code for answer in answers} <= {201, 204, 404}
    assert task_run_states(api, run) == []


def test_runs_of_one_flow_run_do_not_hinder_each_other(site_on_dynoxide: Site) -> None:
    api = site_on_dynoxide.api
    flow_run = {"id": flow_run_id(api)}
    start = proposal("flow_runs", flow_run, "RUNNING")
    api.request(*start[:2], json=start.body)
    keys = [
        new_task_run(dynamic_key=str(key), flow_run_id=flow_run["id"]) for key in range(PROPOSERS)
    ]
    runs = [made(api, asked) for asked in keys]
    answers = ask_at_once(api, [proposal("task_runs", one, "RUNNING") for one in runs])
    assert {answer.status_code for answer in answers} == {201}


def test_runs_that_complete_under_one_cache_key_at_once_all_complete(
    site_on_dynoxide: Site,
) -> None:
    api = site_on_dynoxide.api
    runs = [made(api, new_task_run(dynamic_key=str(key))) for key in range(17)]
    cached: dict[str, Any] = {"state_details": {"cache_key": "k"}}
    asked = [proposal("task_runs", run, "COMPLETED", **cached) for run in runs[1:]]
    actual = ids(written(ask_at_once(api, asked)))
    assert len(actual) == len(asked)
    reuse = proposal("task_runs", runs[0], "RUNNING", **cached)
    hit = api.request(*reuse[:2], json=reuse.body).json()
    assert (hit["status"], hit["state"]["name"]) == ("REJECT", "Cached")
