"""A flow run with more states than a transaction holds is deleted in parts."""

from itertools import count
from uuid import UUID

import httpx
import pytest
from botocore.exceptions import ConnectionClosedError

from runledger.store.runs import past_states
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER, TOMBSTONE
from tests.store.support.asking import Site
from tests.store.support.calls import hooked
from tests.store.support.contents import scan, whole
from tests.support.streaming import Streaming

STATES = 110


@pytest.fixture(autouse=True)
def _items_for_each_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_states, "MAX_TEXT", 1)


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


@pytest.mark.parametrize("batch", [0, 2])
def test_what_a_delete_that_was_cut_off_leaves_the_stream_removes(
    site_on_dynoxide: Site, stream_on_dynoxide: Streaming, child: str, batch: int
) -> None:
    (api, database, client), number = site_on_dynoxide, count()

    def cut_off(**_: object) -> None:
        if next(number) >= batch:
            raise ConnectionClosedError(endpoint_url="")

    with hooked(client, "before-call.dynamodb.BatchWriteItem", cut_off):
        answers = [api.delete(f"/flow_runs/{child}").status_code for _ in range(2)]
    own = keys.flow_run(UUID(child)).pk
    assert answers == [204, 404]
    assert any(key.pk == own and key.sk.startswith(keys.STATES) for key in scan(database))
    stream_on_dynoxide.pump()
    assert {key.sk for key in scan(database) if key.pk == own} == {REMAINDER, TOMBSTONE}
    (left,) = whole(database).task_runs
    assert (left.task_key, left.dynamic_key) == ("t", "d")
