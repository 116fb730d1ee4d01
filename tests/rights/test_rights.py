"""Each function's policy grants what the function does, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
import pytest

from local.rest_api.routing import Resources
from runledger import wiring
from tests.conftest import api_client, fresh_table, store_in_pieces
from tests.rights.changes_in_use import follow_changes
from tests.rights.inputs_in_use import use_inputs
from tests.rights.limits_in_use import use_limits
from tests.rights.reports_in_use import use_events, use_logs
from tests.rights.schedules_in_use import use_schedules
from tests.rights.site_in_use import use_site
from tests.support.client_events import events
from tests.support.databases import TEMPLATE, Engine
from tests.support.management import Management
from tests.test_template import FUNCTIONS, listed, statements

ROUTES = Resources(TEMPLATE.routes)


class Right(NamedTuple):
    operation: str
    action: str
    on_index: bool


GRANTED = {
    Right(operation, action.partition(":")[2], on_index="index" in str(resource))
    for operation in FUNCTIONS
    for statement in statements(operation)
    for action in listed(statement["Action"])
    for resource in listed(statement["Resource"])
}

# What follows changes posts to listeners, of whom there are none here.
POSTING = Right("react_to_changes", "ManageConnections", on_index=False)
# What is stored in pieces, as large documents are.
LONG = "long enough " * 50

# What no request sets to work: `test_rights_of_sockets` does.
UNASKED = {
    *("websocket_connect", "websocket_default", "websocket_disconnect"),
    *("sweep_task_workers", "read_task_workers"),
}


@pytest.fixture(scope="module")
def used(dynoxide: Engine, management: Management) -> set[Right]:
    """What is asked for where documents are large, which is the most."""
    with fresh_table(dynoxide) as database, pytest.MonkeyPatch.context() as patch:
        store_in_pieces(patch)
        with (
            api_client(database, management, patch) as api,
            _recorded(api) as (rights, actor),
        ):
            _use_everything(api)
            follow_changes(api, actor.become)
    return rights


def test_a_function_may_do_what_it_does(used: set[Right]) -> None:
    assert used - GRANTED == set()


def test_a_function_may_do_nothing_else(used: set[Right]) -> None:
    of_others = {right for right in GRANTED if right.operation not in UNASKED}
    assert of_others - used - {POSTING} == set()


@dataclass
class Actor:
    """The function that is at work."""

    operation: str = ""

    def become(self, operation: str) -> None:
        self.operation = operation


@contextmanager
def _recorded(api: httpx.Client) -> Iterator[tuple[set[Right], Actor]]:
    """What the functions ask of DynamoDB, each in its own name."""
    rights: set[Right] = set()
    actor = Actor()

    def begin(request: httpx.Request) -> None:
        path = request.url.path.removeprefix(f"/{TEMPLATE.stage}")
        match = ROUTES.match(request.method, path)
        actor.operation = match.route.operation if match else ""

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 botocore's
        rights.update(
            Right(actor.operation, action, on_index="IndexName" in params)
            for action in actions(model.name, params)
        )

    emitter = events(wiring.store().table.client)
    api.event_hooks = {"request": [begin], "response": []}
    emitter.register("provide-client-params.dynamodb", note)
    yield rights, actor
    emitter.unregister("provide-client-params.dynamodb", note)


def actions(call: str, params: dict[str, Any]) -> Iterator[str]:
    """Name what the right to a call is called."""
    if call.endswith("Connection"):
        yield "ManageConnections"
    elif call != "TransactWriteItems":
        yield call
    for write in params.get("TransactItems", ()):
        (kind,) = write
        yield "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"


def _use_everything(api: httpx.Client) -> None:
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
    use_limits(api)
    _deploy(api, flow)
    use_logs(api, flow_run, parents[0])
    use_events(api)
    use_inputs(api, flow_run)
    for several in (1, None):
        _query(api, "task_runs", {"id": {"any_": parents[:several]}})
        _query(api, "flow_runs", {"id": {"any_": subflow_runs[:several]}})
    _query(api, "flow_runs", {"parent_task_run_id": {"any_": parents}})
    for ids in ([flow], [flow, flow_run]):
        _query(api, "flows", {"id": {"any_": ids}})
    _query(api, "flows", {"name": {"any_": ["flow"]}})
    _do(api.patch(f"/flows/{flow}", json={"tags": ["one"]}))
    use_site(api, flow, flow_run)
    for drawn in (flow_run, subflow_runs[0]):
        _do(api.get(f"/flow_runs/{drawn}/graph-v2"))
    _do(api.patch(f"/task_runs/{parents[0]}", json={"name": "renamed"}))
    for tags in (["one"], ["other"]):
        _do(api.patch(f"/flow_runs/{flow_run}", json={"tags": tags}))
    _do(api.delete(f"/flow_runs/{subflow_runs[0]}"))
    _do(api.delete(f"/task_runs/{parents[1]}"))
    read = (f"/task_runs/{parents[2]}", f"/flow_runs/{flow_run}", f"/flows/{flow}")
    for path in (*read, f"/ui{read[0]}", "/flows/name/flow", "/ready"):
        _do(api.get(path))
    _do(api.delete(f"/flows/{flow}"))


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
    _do(api.post(started, json={}))
    _do(api.patch(f"/deployments/{deployment}", json={"paused": True}))
    use_schedules(api, deployment)
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


def _create(api: httpx.Client, path: str, **body: object) -> str:
    return str(_do(api.post(path, json=body)).json()["id"])


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
