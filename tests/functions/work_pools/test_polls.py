"""Runs on their way from deployments through queues to workers."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.functions.work_pools.polling import (
    deployed,
    new_pool,
    new_queue,
    polled,
    propose,
    shown,
    started,
)

QUEUES = "/work_pools/machines/queues"
TEMPLATE = {
    "job_configuration": {"count": "{{ count }}"},
    "variables": {"properties": {"count": {"type": "integer"}}, "required": ["count"]},
}


def in_seconds(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def scheduled(seconds: int) -> dict[str, object]:
    return {"type": "SCHEDULED", "state_details": {"scheduled_time": in_seconds(seconds)}}


def test_runs_come_by_priority_and_time_within_all_limits(api: httpx.Client) -> None:
    new_pool(api, concurrency_limit=3)
    new_queue(api, "urgent", priority=1, concurrency_limit=2)
    deployment = deployed(api)
    for name, seconds in (("b", -10), ("a", -20), ("later", 600)):
        started(api, deployment, name=name, state=scheduled(seconds))
    for name, seconds in (("u2", -5), ("u1", -6), ("u3", -4)):
        started(api, deployment, name=name, state=scheduled(seconds), work_queue_name="urgent")
    soon = in_seconds(10)
    assert polled(api, scheduled_before=soon) == ["u1", "u2", "a"]
    assert polled(api, scheduled_before=soon, work_queue_names=["default"]) == ["a", "b"]
    assert polled(api, limit=1) == ["u1"]
    assert polled(api, scheduled_after=in_seconds(300)) == ["later"]
    for change, left in (({"is_paused": True}, ["a", "b"]), ({"concurrency_limit": 0}, ["a", "b"])):
        api.patch(f"{QUEUES}/urgent", json=change).raise_for_status()
        assert polled(api, scheduled_before=soon) == left
        api.patch(f"{QUEUES}/urgent", json={"is_paused": False}).raise_for_status()
    api.patch("/work_pools/machines", json={"is_paused": True}).raise_for_status()
    assert polled(api) == []
    unknown = api.post(
        "/work_pools/machines/get_scheduled_flow_runs", json={"work_queue_names": ["x"]}
    )
    assert unknown.status_code == 404


def test_a_run_holds_a_slot_from_pending_to_its_end(api: httpx.Client) -> None:
    new_pool(api, concurrency_limit=1)
    deployment = deployed(api)
    first, second = (started(api, deployment, name=name) for name in ("first", "second"))
    assert polled(api) == ["first"]
    assert [propose(api, first, "PENDING") for _ in "12"] == ["ACCEPT", "ABORT"]
    assert (polled(api), shown(api, "/work_pools/machines")["active_slots"]) == ([], 1)
    propose(api, first, "RUNNING")
    (queue,) = api.post("/work_pools/machines/concurrency_status", json={}).json()["queues"]
    assert [one["name"] for one in queue["flow_runs"]] == ["first"]
    # A pool does not count a run that is being cancelled, an old queue does.
    propose(api, first, "CANCELLING")
    path = f"/work_queues/{first['work_queue_id']}"
    assert api.post(f"{path}/concurrency_status", json={}).json()["active_slots"] == 1
    assert shown(api, "/work_pools/machines")["active_slots"] == 0
    api.patch(f"{QUEUES}/default", json={"concurrency_limit": 1}).raise_for_status()
    assert api.post(f"{path}/get_runs", json={}).json() == []
    assert polled(api) == ["second"]
    propose(api, first, "CANCELLED")
    (run,) = api.post(f"{path}/get_runs", json={}).json()
    assert (run["id"], run["work_pool_name"]) == (second["id"], None)
    api.delete(f"/flow_runs/{second['id']}").raise_for_status()
    assert polled(api) == []


def test_a_deployment_is_in_the_queue_that_it_names(api: httpx.Client) -> None:
    pool = new_pool(api)
    deployment = deployed(api)
    assert deployment["work_queue_id"] == pool["default_queue_id"]
    path = f"/deployments/{deployment['id']}"
    steps: list[tuple[dict[str, object], tuple[object, object]]] = [
        ({"work_queue_name": "old"}, ("default-agent-pool", "old")),
        ({"work_pool_name": "machines", "work_queue_name": "mine"}, ("machines", "mine")),
        ({"description": "d"}, ("machines", "mine")),
        ({"work_pool_name": None}, (None, "mine")),
        ({"work_queue_name": None}, (None, None)),
    ]
    for changes, expected in steps:
        api.patch(path, json=changes).raise_for_status()
        found = shown(api, path)
        assert (found["work_pool_name"], found["work_queue_name"]) == expected
    assert api.patch(path, json={"work_pool_name": "none"}).status_code == 404
    refused = api.post(f"{path}/create_flow_run", json={"work_queue_name": "mine"})
    assert (refused.status_code, "not associated with a work pool" in refused.text) == (400, True)


def test_a_poll_makes_deployments_ready(api: httpx.Client) -> None:
    new_pool(api)
    deployment = deployed(api)
    path = f"/deployments/{deployment['id']}"
    assert shown(api, path)["status"] == "NOT_READY"
    polled(api)
    found = shown(api, path)
    assert (found["status"], found["last_polled"] is None) == ("READY", False)
    assert shown(api, f"{QUEUES}/default")["status"] == "READY"
    (listed,) = api.post("/deployments/filter", json={}).json()
    assert listed["status"] == "READY"


def test_filters_find_what_is_in_queues(api: httpx.Client) -> None:
    new_pool(api)
    new_pool(api, "other")
    deployment = deployed(api, work_queue_name="Mine")
    started(api, deployment)
    api.post("/flow_runs/", json={"flow_id": deployment["flow_id"], "work_pool_name": "other"})
    api.post("/flow_runs/", json={"flow_id": deployment["flow_id"], "work_queue_name": "x"})
    cases = [
        ({"work_pools": {}}, 2),
        ({"work_pools": {"name": {"any_": ["machines"]}}}, 1),
        ({"work_pool_queues": {"name": {"startswith_": ["mi"]}}}, 1),
        (
            {
                "work_pools": {"name": {"any_": ["other"]}},
                "work_pool_queues": {"name": {"any_": ["Mine"]}},
            },
            0,
        ),
    ]
    assert [api.post("/flow_runs/count", json=asked).json() for asked, _ in cases] == [
        count for _, count in cases
    ]
    for noun in ("deployments", "flows"):
        for pool, count in (("machines", 1), ("other", 0)):
            wanted = {"work_pools": {"name": {"any_": [pool]}}}
            assert api.post(f"/{noun}/count", json=wanted).json() == count


def test_job_variables_of_runs_are_those_of_the_pool(api: httpx.Client) -> None:
    new_pool(api, base_job_template=TEMPLATE)
    flow_id = deployed(api)["flow_id"]
    asked = {
        "name": "n",
        "flow_id": flow_id,
        "work_pool_name": "machines",
        "job_variables": {"count": "x"},
    }
    assert "Error creating deployment" in api.post("/deployments/", json=asked).text
    deployment = deployed(api)
    path = f"/deployments/{deployment['id']}/create_flow_run"
    assert api.post(path, json={}).status_code == 422
    assert api.post(path, json={"job_variables": {"count": 2}}).status_code == 201


@pytest.mark.parametrize("tags", [["a"], ["b"], []])
def test_a_deployment_passes_the_filters_of_old_queues(api: httpx.Client, tags: list[str]) -> None:
    new_pool(api)
    deployment = deployed(api, tags=["a", "c"])
    for name, wanted in (("q", {"tags": tags}), ("all", None)):
        api.post("/work_queues/", json={"name": name, "filter": wanted}).raise_for_status()
    found = api.get(f"/deployments/{deployment['id']}/work_queue_check").json()
    assert [one["name"] for one in found] == ([] if tags == ["b"] else ["q"])


def test_late_runs_make_a_queue_unhealthy(api: httpx.Client) -> None:
    new_pool(api)
    run = started(api, deployed(api), state=scheduled(-60))
    queue = f"/work_queues/{run['work_queue_id']}"
    polled(api)
    assert shown(api, f"{queue}/status")["healthy"]
    late = {"state": {**scheduled(-60), "name": "Late"}, "force": True}
    api.post(f"/flow_runs/{run['id']}/set_state", json=late).raise_for_status()
    found = shown(api, f"{queue}/status")
    assert (found["healthy"], found["late_runs_count"]) == (False, 1)
