"""A flow run with more states than a transaction holds is deleted in parts."""

from itertools import count
from uuid import UUID

import httpx
import pytest
from botocore.exceptions import ConnectionClosedError

from runledger import wiring

STATES = 150


@pytest.fixture
def parent(api_on_dynoxide: httpx.Client) -> str:
    key = {"task_key": "t", "dynamic_key": "d"}
    return str(api_on_dynoxide.post("/task_runs/", json=key).json()["id"])


@pytest.fixture
def child(api_on_dynoxide: httpx.Client, parent: str) -> str:
    api = api_on_dynoxide
    flow = api.post("/flows/", json={"name": "flow"}).json()["id"]
    asked = {"flow_id": flow, "parent_task_run_id": parent}
    run = str(api.post("/flow_runs/", json=asked).json()["id"])
    for _ in range(STATES):
        proposal = {"state": {"type": "RUNNING"}, "force": True}
        api.post(f"/flow_runs/{run}/set_state", json=proposal)
    return run


def test_a_delete_that_was_cut_off_between_its_parts_can_be_repeated(
    api_on_dynoxide: httpx.Client, parent: str, child: str
) -> None:
    events, number = wiring.store().table.client.meta.events, count(1)

    def cut_off_the_second(**_: object) -> None:
        if next(number) == 2:
            raise ConnectionClosedError(endpoint_url="")

    events.register("before-call.dynamodb.TransactWriteItems", cut_off_the_second)
    answers = [api_on_dynoxide.delete(f"/flow_runs/{child}").status_code for _ in range(3)]
    events.unregister("before-call.dynamodb.TransactWriteItems", cut_off_the_second)

    left = wiring.store().task_runs.read(UUID(parent))
    assert answers == [503, 204, 404]
    assert left is not None
    assert left.subflow_runs == 0
