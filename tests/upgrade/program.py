"""A program whose items are recorded with each version, and what is asked about them later."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import httpx

from tests.reporting.building import body
from tests.store.support.asking import Asked, ask, made, new_flow, new_flow_run, new_task_run

LARGE = "large " * 10_000
MAX_TEXT = 1_000
REPORTED = UUID(int=7)


class Written(NamedTuple):
    """The ids of what the program has made."""

    flow: str
    deployment: str
    flow_run: str
    subflow_run: str
    task_runs: Mapping[str, str]


def write(api: httpx.Client) -> Written:
    """Make something of each kind."""
    flow = made(api, new_flow("recorded"))["id"]
    deployment = made(
        api,
        Asked("POST", "/deployments/", {"name": "d", "flow_id": flow, "tags": ["a"]}),
    )["id"]
    _limits(api)
    flow_run = made(
        api,
        new_flow_run(
            flow,
            deployment_id=deployment,
            idempotency_key="once",
            tags=["a"],
            parameters={"large": LARGE},
        ),
    )["id"]
    _enter(api, "flow_runs", flow_run, "RUNNING")
    task_runs = _task_runs(api, flow_run)
    subflow_run = made(api, new_flow_run(flow, parent_task_run_id=task_runs["parent"]))["id"]
    for run in (subflow_run, flow_run):
        _enter(api, "flow_runs", run, "COMPLETED")
    _notes(api, flow_run, task_runs["ended"])
    return Written(flow, deployment, flow_run, subflow_run, task_runs)


def _limits(api: httpx.Client) -> None:
    made(api, Asked("POST", "/v2/concurrency_limits/", {"name": "v2", "limit": 5}))
    made(api, Asked("POST", "/concurrency_limits/", {"tag": "few", "concurrency_limit": 5}))
    made(api, Asked("POST", "/v2/concurrency_limits/increment", {"names": ["v2"], "slots": 2}))


def _task_runs(api: httpx.Client, flow_run: str) -> dict[str, str]:
    """Runs that have ended, hold a slot, wait for a worker, or have many states."""
    of = {"flow_run_id": flow_run}
    deferred = {"type": "SCHEDULED", "state_details": {"deferred": True}}
    runs = {
        "ended": made(api, new_task_run(dynamic_key="ended", tags=["b"], **of)),
        "parent": made(api, new_task_run(dynamic_key="parent", **of)),
        "holding": made(api, new_task_run(dynamic_key="holding", tags=["few"], **of)),
        "waiting": made(api, new_task_run(dynamic_key="waiting", state=deferred)),
        "alone": made(api, new_task_run(dynamic_key="alone")),
    }
    ids = {name: str(run["id"]) for name, run in runs.items()}
    cached = {"cache_key": "key"}
    _enter(api, "task_runs", ids["ended"], "RUNNING", state_details=cached)
    _enter(api, "task_runs", ids["ended"], "COMPLETED", state_details=cached, data={"a": 1})
    _enter(api, "task_runs", ids["holding"], "RUNNING")
    for _ in range(30):
        _enter(api, "task_runs", ids["alone"], "RUNNING", message="x" * 300)
    return ids


def _notes(api: httpx.Client, flow_run: str, task_run: str) -> None:
    """Write what runs report: lines of logs, an event and an input."""
    line = {"name": "n", "level": 20, "message": "said", "timestamp": "2026-01-01T00:00:00Z"}
    ask(api, Asked("POST", "/logs/", [line | {"flow_run_id": flow_run, "task_run_id": task_run}]))
    ask(api, Asked("POST", "/events", [body(0, "PENDING", run_id=REPORTED)]))
    key = {"key": "k", "value": "1", "sender": None}
    ask(api, Asked("POST", f"/flow_runs/{flow_run}/input", key)).raise_for_status()


def _enter(api: httpx.Client, of: str, run: str, state_type: str, **state: Any) -> None:
    proposal = {"state": {"type": state_type, **state}, "force": state_type == "RUNNING"}
    ask(api, Asked("POST", f"/{of}/{run}/set_state", proposal)).raise_for_status()


def answers(api: httpx.Client, written: Written) -> dict[str, Any]:
    """Return the answers about it, without those that depend on the time of asking."""
    return {
        f"{asked.method} {asked.path}": _lasting(ask(api, asked).raise_for_status().json())
        for asked in _questions(written)
    }


def _questions(written: Written) -> list[Asked]:
    flow_run, task_runs = written.flow_run, written.task_runs
    paths = [
        f"/flows/{written.flow}",
        "/flows/name/recorded",
        f"/deployments/{written.deployment}",
        "/deployments/name/recorded/d",
        f"/flow_runs/{flow_run}",
        f"/flow_runs/{written.subflow_run}",
        f"/flow_runs/{flow_run}/graph-v2",
        f"/flow_runs/{flow_run}/input/k",
        f"/flow_run_states/?flow_run_id={flow_run}",
        *(f"/task_runs/{run}" for run in task_runs.values()),
        *(f"/task_run_states/?task_run_id={run}" for run in task_runs.values()),
        "/v2/concurrency_limits/v2",
        "/concurrency_limits/tag/few",
    ]
    tagged = {"tags": {"all_": ["b"]}}
    ended = {"state": {"type": {"any_": ["COMPLETED"]}}}
    lists: list[tuple[str, Any]] = [
        ("/flows/filter", {}),
        ("/deployments/filter", {}),
        ("/flow_runs/filter", {"sort": "START_TIME_ASC"}),
        ("/flow_runs/filter/", {"flow_runs": ended, "sort": "START_TIME_ASC"}),
        ("/task_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"}),
        ("/task_runs/filter/", {"task_runs": tagged | ended}),
        ("/logs/filter", {"logs": {"flow_run_id": {"any_": [flow_run]}}}),
    ]
    return [
        *(Asked("GET", path) for path in paths),
        *(Asked("POST", path, asked) for path, asked in lists),
    ]


def _lasting(answer: Any) -> Any:  # noqa: ANN401 JSON
    if isinstance(answer, list):
        return [_lasting(one) for one in answer]
    if isinstance(answer, str) and len(answer) > MAX_TEXT:
        return sha256(answer.encode()).hexdigest()
    if not isinstance(answer, dict):
        return answer
    return {name: _lasting(one) for name, one in answer.items() if not name.startswith("estimated")}
