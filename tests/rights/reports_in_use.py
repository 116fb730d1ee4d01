"""Reports of runs, lines of logs and events, so that every right is needed."""

import random
from datetime import UTC, datetime

import httpx

from tests.reporting.building import body


def use_logs(api: httpx.Client, flow_run: str, task_run: str) -> None:
    """Log lines that indexes only lead to: one by itself, and several."""
    of_runs = {"flow_run_id": flow_run, "task_run_id": task_run}
    # What is compressed to little stands in the indexes themselves.
    message = random.Random(1).randbytes(2_000).hex()  # noqa: S311
    line = {"name": "n", "level": 20, "message": message, "timestamp": "2030-01-01"}
    for lines in ([line | of_runs], [line, line | of_runs]):
        _do(api.post("/logs/", json=lines))
        for run, value in of_runs.items():
            _do(api.post("/logs/filter", json={"logs": {run: {"any_": [value]}}}))


def use_events(api: httpx.Client) -> None:
    """Let a run get another key."""
    now = datetime.now(UTC).isoformat()
    events = (body(1, run={"dynamic_key": "1"}), body(run={"dynamic_key": "2"}, occurred=now))
    _do(api.post("/events", json=events))
    page = _do(api.post("/events/filter", json={"limit": 0})).json()
    _do(api.get(page["next_page"]))
    for countable in ("time", "resource"):
        _do(api.post(f"/events/count-by/{countable}", json={"filter": {}}))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
