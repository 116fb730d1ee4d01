"""Requests about many objects, for the sake of every right that they take."""

import httpx

# What is stored in pieces, as large documents are.
LONG = "long enough " * 50


def use_bulk(api: httpx.Client) -> None:
    """Create, change and delete flows, their deployments and their runs."""
    api.post("/concurrency_limits/", json={"tag": "bulk", "concurrency_limit": 99})
    _run_in_bulk(api, _flow(api))
    _name_variables(api)
    for noun in ("flow_runs", "deployments", "flows"):
        flow = _flow(api)
        _run_in_bulk(api, flow)
        by_flow = {"flows": {"id": {"any_": [flow]}}}
        found = _do(api.post(f"/{noun}/filter", json=by_flow)).json()
        several = [one["id"] for one in found]
        for ids in (several[:1], several):
            _do(api.post(f"/{noun}/bulk_delete", json={noun: {"id": {"any_": ids}}}))
        _do(api.post(f"/{noun}/bulk_delete", json={noun: {"name": {"any_": ["bulk"]}}}))
    nothing = {"name": {"like_": "no such"}}
    _do(api.post("/flows/bulk_delete", json={"flows": nothing}))
    _do(api.post("/flow_runs/bulk_delete", json={"flow_runs": nothing}))


def _flow(api: httpx.Client) -> str:
    body = {"name": "bulk", "labels": {"label": LONG}}
    return str(_do(api.post("/flows/", json=body)).json()["id"])


def _run_in_bulk(api: httpx.Client, flow: str) -> None:
    deployed = {"name": "bulk", "flow_id": flow}
    deployment = _do(api.post("/deployments/", json=deployed)).json()["id"]
    created = _do(
        api.post(f"/deployments/{deployment}/create_flow_run/bulk", json=[{}, {"name": "bulk"}])
    )
    runs = [result["flow_run_id"] for result in created.json()["results"]]
    state = {"type": "RUNNING", "message": LONG}
    for ids in (runs[:1], runs):
        chosen = {"flow_runs": {"id": {"any_": ids}}, "state": state}
        _do(api.post("/flow_runs/bulk_set_state", json=chosen))
    _forget_inputs(api, runs[1])
    keyed = {"task_key": "t", "flow_run_id": runs[0], "tags": ["bulk"]}
    for key in ("one", "other"):
        made = _do(api.post("/task_runs/", json={**keyed, "dynamic_key": key})).json()["id"]
        _do(api.post(f"/task_runs/{made}/set_state", json={"state": state}))
    subflow = {"flow_id": flow, "parent_task_run_id": made, "deployment_id": deployment}
    _do(api.post("/flow_runs/", json={**subflow, "state": {"type": "SCHEDULED"}}))
    of_parent = {"flow_runs": {"parent_task_run_id": {"any_": [made]}}}
    _do(api.post("/flow_runs/bulk_set_state", json={**of_parent, "state": {"type": "SCHEDULED"}}))
    any_run = {"flow_runs": {"name": {"like_": "no such"}}, "state": state}
    _do(api.post("/flow_runs/bulk_set_state", json=any_run))


def _name_variables(api: httpx.Client) -> None:
    """Name one variable, two, and one by a placeholder: then all are read."""
    _do(api.post("/variables/", json={"name": "bulk", "value": LONG}))
    _do(api.post("/variables/", json={"name": "other", "value": LONG}))
    deployed = {"name": "variables", "flow_id": _flow(api)}
    path = f"/deployments/{_do(api.post('/deployments/', json=deployed)).json()['id']}"
    kind = "__prefect_kind"
    for names in (["bulk"], ["bulk", "other"], [{kind: "none", "value": "bulk"}]):
        values = {"x": [{kind: "workspace_variable", "variable_name": name} for name in names]}
        _do(api.post(f"{path}/create_flow_run/bulk", json=[{"parameters": values}]))
        _do(api.post(f"{path}/create_flow_run", json={"parameters": values}))
        _do(api.patch(path, json={"parameters": values}))
        _do(api.post("/ui/schemas/validate", json={"schema": {}, "values": values}))


def _forget_inputs(api: httpx.Client, run: str) -> None:
    """Pause for input under keys that have some."""
    keyset = {name: f"bulk-{name}" for name in ("schema", "response", "description")}
    for key in keyset.values():
        _do(api.post(f"/flow_runs/{run}/input", json={"key": key, "value": "1"}))
    details = {"pause_key": "bulk", "pause_reschedule": True, "run_input_keyset": keyset}
    paused = {"type": "PAUSED", "state_details": details}
    _do(api.post("/flow_runs/bulk_set_state", json={**_only(run), "state": paused}))


def _only(run: str) -> dict[str, object]:
    return {"flow_runs": {"id": {"any_": [run]}}}


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
