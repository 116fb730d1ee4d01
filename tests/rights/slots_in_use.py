"""Deployments with limits, and runs that hold their slots, for the sake of every right."""

import httpx

# What is stored in pieces, as large documents are.
LONG = "long enough " * 50


def use_deployment_slots(api: httpx.Client) -> None:
    """Take, wait for, renew, lose and give back slots; change and remove limits that have some."""
    flow = _do(api.post("/flows/", json={"name": "slots"})).json()["id"]
    for end in ("set_state", "bulk_set_state", "resume", "delete", "bulk_delete"):
        deployment = _deploy(api, flow, concurrency_limit=1, description=LONG)
        run = _start(api, deployment)
        _enter(api, _start(api, deployment), "PENDING")
        _enter(api, run, "RUNNING")
        _end(api, run, end)
        _do(api.get("/deployments/name/slots/d"))
        _do(api.post("/deployments/filter", json={}))
        _do(api.post("/deployments/paginate", json={}))
        _do(api.patch(f"/deployments/{deployment}", json={"concurrency_limit": None}))
    for remove in ("create", "delete", "bulk_delete"):
        deployment = _deploy(api, flow, concurrency_limit=2)
        for _ in range(2):
            _start(api, deployment)
        _remove(api, flow, deployment, remove)
    _do(api.delete(f"/flows/{flow}"))


def _deploy(api: httpx.Client, flow: str, **fields: object) -> str:
    body = {"name": "d", "flow_id": flow, **fields}
    return str(_do(api.post("/deployments/", json=body)).json()["id"])


def _start(api: httpx.Client, deployment: str) -> str:
    path = f"/deployments/{deployment}/create_flow_run"
    run = _do(api.post(path, json={"name": "slots"})).json()["id"]
    _enter(api, run, "PENDING")
    return str(run)


def _enter(api: httpx.Client, run: str, kind: str) -> None:
    stock = {"user-agent": "prefect/3.9.1 (API 0.8.4)"}
    state = {"state": {"type": kind}}
    _do(api.post(f"/flow_runs/{run}/set_state", json=state, headers=stock))


def _end(api: httpx.Client, run: str, way: str) -> None:
    only = {"flow_runs": {"id": {"any_": [run]}}}
    if way == "bulk_set_state":
        _do(api.post("/flow_runs/bulk_set_state", json={**only, "state": {"type": "COMPLETED"}}))
    elif way == "bulk_delete":
        _do(api.post("/flow_runs/bulk_delete", json=only))
    elif way == "delete":
        _do(api.delete(f"/flow_runs/{run}"))
    elif way == "resume":
        _enter(api, run, "PAUSED")
        _do(api.post(f"/flow_runs/{run}/resume", json={}))
    else:
        _enter(api, run, "COMPLETED")


def _remove(api: httpx.Client, flow: str, deployment: str, way: str) -> None:
    if way == "create":
        _deploy(api, flow, concurrency_limit=None)
    elif way == "delete":
        _do(api.delete(f"/deployments/{deployment}"))
    else:
        only = {"deployments": {"id": {"any_": [deployment]}}}
        _do(api.post("/deployments/bulk_delete", json=only))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
