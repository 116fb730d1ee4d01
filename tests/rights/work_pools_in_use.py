"""All that the functions of work pools can be asked, in each way that differs in rights."""

from itertools import product
from typing import Any

import httpx

POOL = "/work_pools/machines"
WORKERS, QUEUES = f"{POOL}/workers", f"{POOL}/queues"

# What is stored in pieces, as large documents are.
LONG = "long enough " * 50
TEMPLATE = {"job_configuration": {"a": LONG}, "variables": {"properties": {}, "title": LONG}}


def use_work_pools(api: httpx.Client, flow: str) -> None:
    _do(api.get("/collections/views/aggregate-worker-metadata"))
    _make_pool(api)
    runs = [_deploy(api, flow) for _ in range(2)]
    for path in (f"{POOL}/concurrency_status", f"{POOL}/get_scheduled_flow_runs"):
        _do(api.post(path, json={}))
    _poll_and_start(api, runs)
    _use_queues(api, flow, runs)
    searches = product(("deployments", "flow_runs", "flows"), ("filter", "paginate", "count"))
    for noun, search in searches:
        _do(api.post(f"/{noun}/{search}", json={"work_pools": {}}))
    _do(api.post("/flow_runs/lateness", json={"work_pools": {}}))
    _do(api.post("/ui/flow_runs/history", json={"work_pools": {}}))
    since = {"history_start": "2030-01-01", "history_end": "2030-01-02"}
    history = {**since, "history_interval_seconds": 9000, "work_pools": {}}
    _do(api.post("/flow_runs/history", json=history))
    asked = {"name": "pooled", "flow_id": flow, "work_pool_name": "machines"}
    _do(api.post("/deployments/", json=asked))
    _do(api.delete(POOL))


def _make_pool(api: httpx.Client) -> None:
    asked = {"name": "machines", "type": "process", "base_job_template": TEMPLATE}
    _do(api.post("/work_pools/", json=asked))
    for limit in (None, 99):
        _do(api.patch(POOL, json={"concurrency_limit": limit}))
    for name in ("new", "new", "other"):
        _do(api.post(f"{WORKERS}/heartbeat", json={"name": name}))
    _do(api.delete(f"{WORKERS}/other"))
    _do(api.get(POOL))
    for search in ("filter", "count"):
        _do(api.post(f"/work_pools/{search}", json={}))
    _do(api.post(f"{WORKERS}/filter", json={}))


def _deploy(api: httpx.Client, flow: str) -> dict[str, Any]:
    """Deploy to a new queue, start a run there, and change the queue of the deployment."""
    asked = {"name": "pooled", "flow_id": flow, "work_pool_name": "machines"}
    # From one pool to another, and back.
    for names in ({}, {"work_pool_name": None, "work_queue_name": "old"}, {}):
        deployment = _do(api.post("/deployments/", json=asked | names)).json()["id"]
    for changes in (
        {"work_queue_name": "agents"},
        {"work_pool_name": "machines", "work_queue_name": "mine"},
    ):
        _do(api.patch(f"/deployments/{deployment}", json=changes))
    _do(api.get(f"/deployments/{deployment}"))
    _do(api.get("/deployments/name/flow/pooled"))
    _do(api.get(f"/deployments/{deployment}/work_queue_check"))
    own = {"flow_id": flow, "work_pool_name": "machines", "work_queue_name": "mine"}
    run = _do(api.post("/flow_runs/", json=own)).json()
    _do(api.delete(f"/flow_runs/{run['id']}"))
    for queue in ("theirs", None):
        path = f"/deployments/{deployment}/create_flow_run"
        run = _do(api.post(path, json={"work_queue_name": queue})).json()
    return dict(run)


def _poll_and_start(api: httpx.Client, runs: list[dict[str, Any]]) -> None:
    poll = f"{POOL}/get_scheduled_flow_runs"
    for names in (["mine"], []):
        _do(api.post(poll, json={"work_queue_names": names}))
    _do(api.post(f"/flow_runs/{runs[0]['id']}/set_state", json={"state": {"type": "PENDING"}}))
    _do(api.post(poll, json={}))
    _do(api.post(f"{POOL}/concurrency_status", json={}))


def _use_queues(api: httpx.Client, flow: str, runs: list[dict[str, Any]]) -> None:
    queue = f"/work_queues/{runs[0]['work_queue_id']}"
    changes = {"concurrency_limit": 9, "last_polled": "2030-01-01T00:00:00Z", "name": "named"}
    _do(api.patch(queue, json=changes))
    _do(api.patch(f"{QUEUES}/named", json=changes | {"name": "mine", "priority": 1}))
    for path in (queue, f"{queue}/status", f"{QUEUES}/mine"):
        _do(api.get(path))
    # A poll of long ago, so that the next one is recorded.
    _do(api.patch(queue, json={"last_polled": "2020-01-01T00:00:00Z"}))
    for path in (f"{queue}/get_runs", f"{queue}/concurrency_status"):
        _do(api.post(path, json={}))
    for path in (f"{QUEUES}/filter", "/work_queues/filter"):
        _do(api.post(path, json={}))
    for path in ("/work_queues/", QUEUES):
        _do(api.post(path, json={"name": "made", "concurrency_limit": 1}))
    _do(api.get("/work_queues/name/made"))
    for path in (f"{QUEUES}/mine", queue):
        asked = {"name": "pooled", "flow_id": flow, "work_pool_name": "machines"}
        found = _do(api.post("/deployments/", json=asked | {"work_queue_name": "mine"})).json()
        run = _do(api.post(f"/deployments/{found['id']}/create_flow_run", json={})).json()
        by_id = path.startswith("/work_queues")
        _do(api.delete(f"/work_queues/{run['work_queue_id']}" if by_id else path))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
