"""Finished runs leave after `RunRetentionDays` with all that is under them; others stay."""

from collections.abc import Iterable
from uuid import UUID

import httpx

from runledger.store.schema import keys
from tests.rehearsal.deployment import Stack
from tests.rehearsal.steps import changes
from tests.rights.retention_in_use import ended_tree
from tests.support.waiting import wait_until

LONGEST = 60.0  # seconds


def leave(stack: Stack, api: httpx.Client) -> None:
    """Let two trees end days ago, one but for a task run, and their timers end."""
    flow = changes.make(api, "/flows/", name="retained")
    leaving, staying = ended_tree(flow), ended_tree(flow)
    begun = {"task_key": "t", "dynamic_key": "begun", "flow_run_id": str(staying)}
    kept = changes.make(api, "/task_runs/", **begun)
    gone = [f"/flow_runs/{leaving}", *_members(api, leaving)]
    there = [f"/flow_runs/{staying}", f"/task_runs/{kept}", *_members(api, staying)]
    for run in (staying, leaving):
        _end_timer(stack, run)
    wait_until(lambda: _are(api, gone, httpx.codes.NOT_FOUND), LONGEST)
    assert _are(api, there, httpx.codes.OK)


def _members(api: httpx.Client, flow_run: UUID) -> list[str]:
    """Return the paths of a flow run's task runs, and of their subflow runs."""
    below = {"flow_runs": {"id": {"any_": [str(flow_run)]}}}
    task_runs = api.post("/task_runs/filter", json=below).raise_for_status().json()
    parents = {"parent_task_run_id": {"any_": [run["id"] for run in task_runs]}}
    found = api.post("/flow_runs/filter", json={"flow_runs": parents}).raise_for_status().json()
    assert task_runs
    assert found
    return [f"/task_runs/{run['id']}" for run in task_runs] + [
        f"/flow_runs/{run['id']}" for run in found
    ]


def _end_timer(stack: Stack, flow_run: UUID) -> None:
    """Wait for a timer, which is due, and remove it as DynamoDB does some time later."""
    client, table = stack.emulator.client("dynamodb"), stack.outputs["TableName"]
    timer = keys.retention(keys.flow_run(flow_run))
    key = {"pk": {"S": timer.pk}, "sk": {"S": timer.sk}}
    wait_until(lambda: "Item" in client.get_item(TableName=table, Key=key), LONGEST)
    client.delete_item(TableName=table, Key=key)


def _are(api: httpx.Client, paths: Iterable[str], status: int) -> bool:
    return all(api.get(path).status_code == status for path in paths)
