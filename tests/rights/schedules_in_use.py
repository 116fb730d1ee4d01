"""What is done with a deployment's schedules, for the sake of every right that it takes."""

import httpx


def use_schedules(api: httpx.Client, deployment: str) -> None:
    """Let a deployment get a schedule, pause with it, and lose it."""
    path = f"/deployments/{deployment}"
    added = _do(api.post(f"{path}/schedules", json=[{"schedule": {"interval": 60}}]))
    schedule = f"{path}/schedules/{added.json()[0]['id']}"
    _do(api.patch(schedule, json={"active": False}))
    _do(api.get(f"{path}/schedules"))
    for verb in ("resume", "pause"):
        _do(api.post(f"{path}/{verb}_deployment"))
    _do(api.delete(schedule))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
