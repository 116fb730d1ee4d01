"""Requests about work pools, and what they are made with."""

from typing import Any

import httpx

from tests.store.support.asking import made, new_flow

Json = dict[str, Any]


def new_pool(api: httpx.Client, name: str = "machines", **fields: object) -> Json:
    answer = api.post("/work_pools/", json={"name": name, "type": "process", **fields})
    return dict(answer.raise_for_status().json())


def new_queue(api: httpx.Client, name: str, pool: str = "machines", **fields: object) -> Json:
    answer = api.post(f"/work_pools/{pool}/queues", json={"name": name, **fields})
    return dict(answer.raise_for_status().json())


def shown(api: httpx.Client, path: str) -> Json:
    return dict(api.get(path).raise_for_status().json())


def deployed(api: httpx.Client, name: str = "nightly", **fields: object) -> Json:
    flow = made(api, new_flow())
    asked = {"name": name, "flow_id": flow["id"], "work_pool_name": "machines", **fields}
    return dict(api.post("/deployments/", json=asked).raise_for_status().json())


def started(api: httpx.Client, deployment: Json, **fields: object) -> Json:
    path = f"/deployments/{deployment['id']}/create_flow_run"
    return dict(api.post(path, json=fields).raise_for_status().json())


def polled(api: httpx.Client, pool: str = "machines", **fields: object) -> list[str]:
    """Poll a pool; return the names of the runs."""
    answer = api.post(f"/work_pools/{pool}/get_scheduled_flow_runs", json=fields)
    return [one["flow_run"]["name"] for one in answer.raise_for_status().json()]


def propose(api: httpx.Client, run: Json, kind: str) -> str:
    """Propose a state; return what became of it."""
    path = f"/flow_runs/{run['id']}/set_state"
    return str(api.post(path, json={"state": {"type": kind}}).raise_for_status().json()["status"])


def heartbeat(api: httpx.Client, name: str = "w", **fields: object) -> None:
    path = "/work_pools/machines/workers/heartbeat"
    api.post(path, json={"name": name, **fields}).raise_for_status()
