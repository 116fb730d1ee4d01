"""What only Prefect's site asks for."""

import httpx
import pytest

from tests.store.asking import flow_run_id, made, new_task_run
from tests.store.proposing import JSON


@pytest.fixture
def api(api_on_moto: httpx.Client) -> httpx.Client:
    return api_on_moto


def shown(api: httpx.Client, run: JSON) -> JSON:
    found: JSON = api.get(f"/ui/task_runs/{run['id']}").raise_for_status().json()
    return found


def test_a_task_run_is_shown_with_the_name_of_its_flow_run(api: httpx.Client) -> None:
    within = flow_run_id(api)
    name = api.get(f"/flow_runs/{within}").json()["name"]
    found = shown(api, made(api, new_task_run(flow_run_id=within)))
    assert (found["flow_run_id"], found["flow_run_name"]) == (within, name)


def test_a_task_run_outside_of_flow_runs_is_shown_without_such_a_name(api: httpx.Client) -> None:
    found = shown(api, made(api, new_task_run()))
    assert (found["state_type"], found["flow_run_name"]) == ("PENDING", None)
