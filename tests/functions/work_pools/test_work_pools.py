"""Work pools, their queues and workers through the functions."""

import httpx
import pytest

from tests.functions.work_pools.polling import (
    deployed,
    heartbeat,
    new_pool,
    new_queue,
    polled,
    shown,
    started,
)

OLD_CLIENT = {"user-agent": "prefect/3.3.7 (API 0.8.4)"}


def status_of(answer: httpx.Response) -> int:
    return answer.status_code


def test_a_pool_has_its_default_queue(api: httpx.Client) -> None:
    pool = new_pool(api, description="ours", concurrency_limit=3)
    assert (pool["status"], pool["active_slots"]) == ("NOT_READY", 0)
    queue = shown(api, "/work_pools/machines/queues/default")
    assert (queue["id"], queue["priority"]) == (pool["default_queue_id"], 1)
    assert shown(api, f"/work_queues/{queue['id']}") == queue
    assert shown(api, "/work_pools/machines") == pool


def test_a_name_is_given_once_and_some_are_reserved(api: httpx.Client) -> None:
    new_pool(api)
    for name, status in (("machines", 409), ("Prefect-x", 403), ("a/b", 422), (" '", 422)):
        assert status_of(api.post("/work_pools/", json={"name": name})) == status
    assert status_of(api.patch("/work_pools/prefect-x", json={"description": "d"})) == 403
    assert status_of(api.patch("/work_pools/prefect-x", json={"is_paused": True})) == 404
    assert status_of(api.delete("/work_pools/prefect-x")) == 403


def test_old_clients_are_spared_what_they_do_not_know(api: httpx.Client) -> None:
    new_pool(api)
    storage = "storage_configuration"
    assert len(api.get("/work_pools/machines").json()[storage]) == 3
    assert len(api.get("/work_pools/machines", headers=OLD_CLIENT).json()[storage]) == 2


def test_pools_are_listed_by_name_and_found_by_type(api: httpx.Client) -> None:
    for name, kind in (("b", "process"), ("a", "docker"), ("c", "process")):
        new_pool(api, name, type=kind)
    asked = {"work_pools": {"type": {"any_": ["process"]}}, "limit": 1, "offset": 1}
    assert [one["name"] for one in api.post("/work_pools/filter", json=asked).json()] == ["c"]
    assert api.post("/work_pools/count", json={}).json() == 3
    assert [one["name"] for one in api.post("/work_pools/filter", json={}).json()] == [
        "a",
        "b",
        "c",
    ]


def test_a_pool_is_ready_while_a_worker_is_online_and_it_is_not_paused(api: httpx.Client) -> None:
    new_pool(api)
    heartbeat(api, "slow", heartbeat_interval_seconds=60)
    heartbeat(api, "slow")
    assert shown(api, "/work_pools/machines")["status"] == "READY"
    (worker,) = api.post("/work_pools/machines/workers/filter", json={}).json()
    assert (worker["status"], worker["heartbeat_interval_seconds"]) == ("ONLINE", 60)
    for paused, status in ((True, "PAUSED"), (False, "READY")):
        api.patch("/work_pools/machines", json={"is_paused": paused}).raise_for_status()
        assert shown(api, "/work_pools/machines")["status"] == status
    # One that is never in time.
    heartbeat(api, "gone", heartbeat_interval_seconds=-1)
    wanted = {"workers": {"status": {"any_": ["OFFLINE"]}}}
    (gone,) = api.post("/work_pools/machines/workers/filter", json=wanted).json()
    assert gone["name"] == "gone"
    assert [status_of(api.delete("/work_pools/machines/workers/slow")) for _ in "12"] == [204, 404]
    assert shown(api, "/work_pools/machines")["status"] == "NOT_READY"


@pytest.mark.parametrize("field", ["is_paused", "storage_configuration", "base_job_template"])
def test_a_pool_is_never_without_what_it_needs(api: httpx.Client, field: str) -> None:
    new_pool(api)
    assert status_of(api.patch("/work_pools/machines", json={field: None})) == 409


def test_queues_give_way_and_keep_their_names(api: httpx.Client) -> None:
    new_pool(api)
    new_queue(api, "urgent", priority=1)
    new_queue(api, "late")
    listed = api.post("/work_pools/machines/queues/filter", json={}).json()
    assert [(one["name"], one["priority"]) for one in listed] == [
        ("urgent", 1),
        ("default", 2),
        ("late", 3),
    ]
    path = "/work_pools/machines/queues"
    taken = api.post(path, json={"name": "late"})
    assert (taken.status_code, "already exists" in taken.text) == (409, True)
    for changes in ({"name": "late"}, {"name": None}, {"priority": None}, {"description": None}):
        assert status_of(api.patch(f"{path}/urgent", json=changes)) == 409
    api.patch(f"{path}/late", json={"priority": 1, "is_paused": True}).raise_for_status()
    late = shown(api, f"{path}/late")
    assert (late["priority"], late["status"]) == (1, "PAUSED")
    assert status_of(api.delete(f"{path}/default")) == 409
    assert [status_of(api.delete(f"{path}/late")) for _ in "12"] == [204, 404]


def test_the_pool_of_an_old_queue_was_there_before_it(api: httpx.Client) -> None:
    """Clients list queues in the order in which they were created."""
    made = api.post("/work_queues/", json={"name": "old"}).json()
    pool = api.get("/work_pools/default-agent-pool").json()
    default = api.get(f"/work_queues/{pool['default_queue_id']}").json()
    assert pool["created"] == default["created"] < made["created"]


def test_old_queues_are_in_a_pool_of_their_own(api: httpx.Client) -> None:
    made = api.post("/work_queues/", json={"name": "default"}).raise_for_status().json()
    assert made["work_pool_name"] == "default-agent-pool"
    old = api.post("/work_queues/", json={"name": "old", "concurrency_limit": 1}).json()
    assert shown(api, "/work_queues/name/old") == old
    assert status_of(api.post("/work_queues/", json={"name": "old"})) == 409
    path = f"/work_queues/{old['id']}"
    api.patch(path, json={"priority": 1, "last_polled": "2020-01-01T00:00:00Z"}).raise_for_status()
    assert shown(api, path)["priority"] == made["priority"]
    assert not shown(api, f"{path}/status")["healthy"]
    assert api.post(f"{path}/get_runs", json={}, headers={"x-prefect-ui": "true"}).json() == []
    assert shown(api, path)["last_polled"] == "2020-01-01T00:00:00Z"
    assert api.post(f"{path}/get_runs", json={}).json() == []
    assert shown(api, f"{path}/status")["healthy"]
    wanted = {"work_queues": {"name": {"startswith_": ["O"]}}}
    assert [one["id"] for one in api.post("/work_queues/filter", json=wanted).json()] == [old["id"]]
    assert status_of(api.delete(f"/work_queues/{made['id']}")) == 409
    assert [status_of(api.delete(path)) for _ in "12"] == [204, 404]


def test_a_deleted_pool_leaves_its_deployments_and_runs_without_a_queue(api: httpx.Client) -> None:
    new_pool(api)
    deployment = deployed(api, work_queue_name="mine")
    run = started(api, deployment, name="r")
    api.patch("/work_pools/machines/queues/mine", json={"name": "ours"}).raise_for_status()
    path = f"/deployments/{deployment['id']}"
    assert shown(api, path)["work_queue_name"] == "ours"
    assert status_of(api.delete("/work_pools/machines")) == 204
    left = shown(api, path)
    assert (left["work_pool_name"], left["work_queue_id"]) == (None, None)
    assert started(api, deployment)["work_queue_id"] is None
    new_pool(api)
    assert polled(api) == []
    in_queues = {"flow_runs": {"id": {"any_": [run["id"]]}}, "work_pools": {}}
    assert api.post("/flow_runs/count", json=in_queues).json() == 0


def test_views_of_collections_describe_workers(api: httpx.Client) -> None:
    found = shown(api, "/collections/views/aggregate-worker-metadata")
    assert found["prefect"]["process"]["default_base_job_configuration"]["variables"]
    assert status_of(api.get("/collections/views/nothing")) == 404
