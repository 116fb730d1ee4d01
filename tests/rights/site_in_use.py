"""Requests of Prefect's site, so that every right is needed."""

import httpx


def use_site(api: httpx.Client, flow: str, flow_run: str) -> None:
    """Let the site sum up what there is, by every path to it."""
    _do(api.post("/ui/flow_runs/count-task-runs", json={"flow_run_ids": [flow_run]}))
    other = _do(api.post("/flows/", json={"name": "other"})).json()["id"]
    for of in (flow, other):
        _do(api.post("/flow_runs/", json={"flow_id": of, "state": {"type": "SCHEDULED"}}))
        _do(api.post("/deployments/", json={"flow_id": of, "name": "d"}))
    for question in ("count-deployments", "next-runs"):
        for flows in ([flow], [flow, other]):
            _do(api.post(f"/ui/flows/{question}", json={"flow_ids": flows}))
    # A name that the index has no room for is read from a state.
    named = {"state": {"type": "RUNNING", "name": "n" * 900}, "force": True}
    _do(api.post(f"/flow_runs/{flow_run}/set_state", json=named))
    _do(api.get("/observed-states"))
    since = {"start_time": {"after_": "2026-01-01T00:00:00Z"}}
    of_run = {"flow_run_id": {"any_": [flow_run]}}
    by_ids = [{"id": {"any_": ids}} for ids in ([flow_run], [flow_run, flow])]
    of_runs: list[dict[str, dict[str, list[str]]]] = [{}, of_run, *by_ids]
    for wanted in of_runs:
        _do(api.post("/ui/task_runs/count", json={"task_runs": wanted}))
        _do(api.post("/ui/task_runs/dashboard/counts", json={"task_runs": since | wanted}))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
