from typing import Any

import httpx
import pytest

from tests.functions.deployments.deploying import Json, deployed, new_flow, started
from tests.store.support.asking import Asked, made, new_flow_run, new_task_run

PAUSED, ACTIVE = {"paused": {"eq_": True}}, {"paused": {"eq_": False}}


@pytest.fixture
def data(api: httpx.Client) -> Json:
    """A task run in a run of a paused deployment, one in a run without, and one in no run."""
    flow, other = new_flow(api), made(api, Asked("POST", "/flows/", {"name": "other"}))
    deployment = deployed(api, flow, paused=True)
    runs = [started(api, deployment), made(api, new_flow_run(other["id"]))]
    for run in runs:
        made(api, new_task_run(flow_run_id=run["id"], name=f"in {run['name']}"))
    made(api, new_task_run())
    return {"flow": flow, "other": other, "run": runs[0], "alone": runs[1]}


def found(api: httpx.Client, of: str, **criteria: object) -> set[Any]:
    answer = api.post(f"/{of}/filter", json=criteria).raise_for_status()
    return {one["name"] for one in answer.json()}


@pytest.mark.parametrize("wanted", [{}, PAUSED, {"flow_or_deployment_name": {"like_": "et"}}])
def test_what_has_a_deployment_that_is_wanted_is_found(
    api: httpx.Client, data: Json, wanted: Json
) -> None:
    name = data["run"]["name"]
    assert found(api, "task_runs", deployments=wanted) == {f"in {name}"}
    assert found(api, "flow_runs", deployments=wanted) == {name}
    assert found(api, "flows", deployments=wanted) == {"etl"}


@pytest.mark.parametrize("of", ["task_runs", "flow_runs", "flows"])
def test_nothing_has_a_deployment_that_there_is_not(api: httpx.Client, data: Json, of: str) -> None:
    assert data
    assert found(api, of, deployments=ACTIVE) == set()


@pytest.mark.parametrize(("is_null", "flow", "run"), [(0, "etl", "run"), (1, "other", "alone")])
def test_flows_are_told_apart_by_having_deployments(
    api: httpx.Client, data: Json, *, is_null: bool, flow: str, run: str
) -> None:
    wanted = {"deployment": {"is_null_": is_null}}
    assert found(api, "flows", flows=wanted) == {flow}
    assert found(api, "flow_runs", flows=wanted) == {data[run]["name"]}
    assert found(api, "task_runs", flows=wanted) == {f"in {data[run]['name']}"}
