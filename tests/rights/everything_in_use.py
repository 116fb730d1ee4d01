"""Every noun from its creation to its end, for the sake of every right that it takes."""

from typing import Any

import httpx

from tests.rights.blocks_in_use import use_blocks
from tests.rights.bulk_in_use import use_bulk
from tests.rights.documents_in_use import use_artifacts, use_documents
from tests.rights.inputs_in_use import use_inputs
from tests.rights.job_variables_in_use import use_job_variables
from tests.rights.limits_in_use import use_limits
from tests.rights.reports_in_use import use_events, use_logs
from tests.rights.schedules_in_use import use_schedules
from tests.rights.site_in_use import use_site
from tests.rights.slots_in_use import use_deployment_slots
from tests.rights.work_pools_in_use import use_work_pools

# What is stored in pieces, as large documents are.
LONG = "long enough " * 50


def use_everything(api: httpx.Client) -> None:
    flow = _create(api, "/flows/", name="flow", labels={"label": LONG})
    assert _create(api, "/flows/", name="flow") == flow
    flow_run = _create(api, "/flow_runs/", flow_id=flow, idempotency_key="once")
    parents = [
        _create(api, "/task_runs/", flow_run_id=flow_run, task_key="task", dynamic_key=str(number))
        for number in range(3)
    ]
    # A subflow run that is deleted before its parent, one after, and one together with it.
    subflow_runs = [
        _create(api, "/flow_runs/", flow_id=flow, parent_task_run_id=parent) for parent in parents
    ]
    _propose_states(api, flow_run, parents[0])
    _hold_slots(api, flow, flow_run)
    for use in (use_limits, use_documents, use_blocks):
        use(api)
    _deploy(api, flow)
    use_work_pools(api, flow)
    use_job_variables(api, flow)
    for use_in_run in (use_logs, use_artifacts):
        use_in_run(api, flow_run, parents[0])
    use_events(api)
    use_inputs(api, flow_run)
    for several in (1, None):
        _query(api, "task_runs", {"id": {"any_": parents[:several]}})
        _query(api, "flow_runs", {"id": {"any_": subflow_runs[:several]}})
    _query(api, "flow_runs", {"parent_task_run_id": {"any_": parents}})
    _query_flows(api, flow, flow_run)
    use_site(api, flow, flow_run)
    use_bulk(api)
    for drawn in (flow_run, subflow_runs[0]):
        _read(api, f"/flow_runs/{drawn}/graph", f"/flow_runs/{drawn}/graph-v2")
    _do(api.patch(f"/task_runs/{parents[0]}", json={"name": "renamed"}))
    for tags in (["one"], ["other"]):
        _do(api.patch(f"/flow_runs/{flow_run}", json={"tags": tags}))
    _do(api.delete(f"/flow_runs/{subflow_runs[0]}"))
    _do(api.delete(f"/task_runs/{parents[1]}"))
    read = (f"/task_runs/{parents[2]}", f"/flow_runs/{flow_run}", f"/flows/{flow}")
    _read(api, *read, f"/ui{read[0]}", "/flows/name/flow", "/ready")
    _do(api.delete(f"/flows/{flow}"))


def _query_flows(api: httpx.Client, flow: str, other: str) -> None:
    for ids in ([flow], [flow, other]):
        _query(api, "flows", {"id": {"any_": ids}})
    _query(api, "flows", {"name": {"any_": ["flow"]}})
    _do(api.patch(f"/flows/{flow}", json={"tags": ["one"]}))


def _propose_states(api: httpx.Client, flow_run: str, task_run: str) -> None:
    cached = {"cache_key": "key", "deferred": True}
    started = {"type": "RUNNING", "state_details": cached, "message": LONG}
    key = {"task_key": "task", "dynamic_key": "cached"}
    _do(api.post("/task_runs/", json={"flow_run_id": flow_run, "state": started, **key}))
    for state in (started, {"type": "COMPLETED", "state_details": cached}):
        _do(api.post(f"/task_runs/{task_run}/set_state", json={"state": state}))
    running = {"type": "RUNNING", "message": LONG}
    _do(api.post(f"/flow_runs/{flow_run}/set_state", json={"state": running}))
    for kind, run in {"task_run": task_run, "flow_run": flow_run}.items():
        states = _do(api.get(f"/{kind}_states/", params={f"{kind}_id": run})).json()
        _do(api.get(f"/{kind}_states/{states[0]['id']}"))


def _hold_slots(api: httpx.Client, flow: str, flow_run: str) -> None:
    """Let a run give its slot back, and others be deleted with it, each in another way."""
    use_deployment_slots(api)
    _do(api.post("/concurrency_limits/", json={"tag": "few", "concurrency_limit": 9}))
    other = _create(api, "/flow_runs/", flow_id=flow)
    _do(api.post(f"/flow_runs/{other}/set_state", json={"state": {"type": "RUNNING"}}))
    runs = {
        key: _do(
            api.post(
                "/task_runs/",
                json={"flow_run_id": of, "task_key": "t", "dynamic_key": key, "tags": ["few"]},
            )
        ).json()["id"]
        for key, of in (("ends", None), ("goes", None), ("in", flow_run), ("in other", other))
    }
    for run in runs.values():
        _do(api.post(f"/task_runs/{run}/set_state", json={"state": {"type": "RUNNING"}}))
    _do(api.post("/concurrency_limits/", json={"tag": "few", "concurrency_limit": len(runs)}))
    _do(api.post(f"/task_runs/{runs['ends']}/set_state", json={"state": {"type": "RUNNING"}}))
    _do(api.post(f"/task_runs/{runs['ends']}/set_state", json={"state": {"type": "COMPLETED"}}))
    _do(api.delete(f"/task_runs/{runs['goes']}"))
    _do(api.delete(f"/flow_runs/{other}"))


def _deploy(api: httpx.Client, flow: str) -> None:
    """Deploy a flow, and let a run that waits go with the deployment, off its parent."""
    deployed = {"name": "d", "flow_id": flow}
    deployment = _create(api, "/deployments/", **deployed)
    assert _create(api, "/deployments/", **deployed) == deployment
    parent = _create(api, "/task_runs/", task_key="task", dynamic_key="deployed")
    started = f"/deployments/{deployment}/create_flow_run"
    _do(api.post(started, json={"parent_task_run_id": parent, "idempotency_key": "its"}))
    waiting = _do(api.post(started, json={})).json()["id"]
    again = {"state": {"type": "SCHEDULED"}, "force": True}
    _do(api.post(f"/flow_runs/{waiting}/set_state", json=again))
    _do(api.patch(f"/deployments/{deployment}", json={"paused": True}))
    use_schedules(api, flow)
    for path in (f"/deployments/{deployment}", "/deployments/name/flow/d"):
        _do(api.get(path))
    for ids in ([deployment], [deployment, flow]):
        _query(api, "deployments", {"id": {"any_": ids}})
        _do(api.post("/deployments/get_scheduled_flow_runs", json={"deployment_ids": ids}))
    by_runs: tuple[dict[str, Any], ...] = (
        {"flow_runs": {}},
        {"flow_runs": {"deployment_id": {"any_": [deployment]}}},
    )
    for criteria in by_runs:
        for question in ("filter", "count", "paginate"):
            _do(api.post(f"/deployments/{question}", json=criteria))
    _do(api.delete(f"/deployments/{deployment}"))
    _create(api, "/deployments/", **deployed)


def _query(api: httpx.Client, of: str, wanted: dict[str, object]) -> None:
    span = {
        "history_start": "2026-01-01T00:00:00Z",
        "history_end": "2036-01-01T00:00:00Z",
        "history_interval_seconds": 1e9,
    }
    for criteria in ({}, {of: {"name": {"like_": "e"}}}, {of: wanted}):
        for question in ("filter", "count", "paginate"):
            _do(api.post(f"/{of}/{question}", json=criteria))
        if of.endswith("_runs"):
            _do(api.post(f"/{of}/history", json=criteria | span))
            _do(api.post("/ui/flow_runs/history", json=criteria))
            _do(api.post("/flow_runs/lateness", json=criteria))


def _read(api: httpx.Client, *paths: str) -> None:
    for path in paths:
        _do(api.get(path))


def _create(api: httpx.Client, path: str, **body: object) -> str:
    return str(_do(api.post(path, json=body)).json()["id"])


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
