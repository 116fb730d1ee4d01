"""Pools that many use at once, and whose requests are cut off: no run is lost or started twice."""

from typing import Any

import pytest

from runledger.store.schema import keys
from tests.functions.work_pools.polling import deployed, new_pool, polled, propose, shown, started
from tests.store.support.asking import Asked, Site, ask, ask_at_once
from tests.store.support.calls import FAULTS, broken, heard, preceded
from tests.store.support.contents import scan

WORKERS, RUNS = 50, 3
PATH = "/work_pools/machines"
POLL = Asked("POST", f"{PATH}/get_scheduled_flow_runs", {})


def pending(run_id: str) -> Asked:
    return Asked("POST", f"/flow_runs/{run_id}/set_state", {"state": {"type": "PENDING"}})


def test_of_50_workers_that_poll_at_once_one_starts_each_run(site_on_dynoxide: Site) -> None:
    api, _, _ = site_on_dynoxide
    new_pool(api, concurrency_limit=RUNS)
    deployment = deployed(api)
    for number in range(RUNS + 2):
        started(api, deployment, name=f"{number}")
    polls = [answer.json() for answer in ask_at_once(api, [POLL] * WORKERS)]
    ids = [[one["flow_run"]["id"] for one in found] for found in polls]
    assert ids == [ids[0]] * WORKERS
    assert len(ids[0]) == RUNS
    answers = ask_at_once(api, [pending(run) for run in ids[0] * (WORKERS // RUNS)])
    accepted = [answer.json()["status"] for answer in answers].count("ACCEPT")
    assert accepted == RUNS
    assert shown(api, PATH)["active_slots"] == RUNS
    assert polled(api) == []


def test_a_poll_that_finds_nothing_is_one_query(site_on_dynoxide: Site) -> None:
    api, _, client = site_on_dynoxide
    new_pool(api, concurrency_limit=1)
    polled(api)
    with heard(client) as calls:
        assert polled(api) == []
    assert [name for name, _ in calls] == ["Query"]


def test_queues_that_are_made_at_once_have_a_priority_each(site_on_dynoxide: Site) -> None:
    api, _, _ = site_on_dynoxide
    new_pool(api)
    asked: list[Asked] = [
        Asked("POST", f"{PATH}/queues", {"name": f"q{number % 6}", "priority": 1})
        for number in range(12)
    ]
    answers = ask_at_once(api, asked)
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [409] * 6
    queues: list[Any] = api.post(f"{PATH}/queues/filter", json={}).json()
    assert [one["priority"] for one in queues] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("call", range(3))
def test_a_worker_that_begins_while_its_pool_is_deleted_leaves_nothing(
    site_on_dynoxide: Site, call: int
) -> None:
    api, database, client = site_on_dynoxide
    heartbeat = Asked("POST", f"{PATH}/workers/heartbeat", {"name": "w"})
    new_pool(api)
    with heard(client) as calls:
        assert ask(api, heartbeat).status_code == 204
    assert ask(api, Asked("DELETE", PATH)).status_code == 204
    assert len(calls) == 3
    new_pool(api)
    with preceded(client, call, lambda: ask(api, Asked("DELETE", PATH))):
        assert ask(api, heartbeat).status_code == 404
    assert not any(keys.is_of(key, keys.WORK_POOL) for key in scan(database))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("first", range(3))
def test_a_run_that_is_cut_off_waits_or_holds_a_slot(
    site_on_dynoxide: Site, fault: str, first: int
) -> None:
    """Whichever call fails, the run is handed out if it is scheduled, and else counts."""
    api, _, client = site_on_dynoxide
    new_pool(api, concurrency_limit=2)
    run = started(api, deployed(api), name="r")
    with broken(client, FAULTS[fault], first=first):
        api.post(f"/flow_runs/{run['id']}/set_state", json={"state": {"type": "PENDING"}})
    is_scheduled = shown(api, f"/flow_runs/{run['id']}")["state_type"] == "SCHEDULED"
    assert polled(api) == (["r"] if is_scheduled else [])
    assert shown(api, PATH)["active_slots"] == int(not is_scheduled)
    # It can be repeated, and ends where it should.
    assert propose(api, run, "PENDING") == ("ACCEPT" if is_scheduled else "ABORT")
    propose(api, run, "RUNNING")
    propose(api, run, "COMPLETED")
    assert (polled(api), shown(api, PATH)["active_slots"]) == ([], 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pool_whose_deletion_is_cut_off_can_be_deleted(
    site_on_dynoxide: Site, fault: str
) -> None:
    """Until the pool is gone, all of its deletion is repeated; nothing of it comes back."""
    api, _, client = site_on_dynoxide
    for first in range(6):
        new_pool(api)
        deployment = deployed(api, f"{fault} {first}")
        started(api, deployment)
        with broken(client, FAULTS[fault], first=first):
            api.delete(PATH)
        assert api.delete(PATH).status_code in {204, 404}
        assert shown(api, f"/deployments/{deployment['id']}")["work_queue_id"] is None
        new_pool(api)
        assert polled(api) == []
        api.delete(PATH).raise_for_status()
