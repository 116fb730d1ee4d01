"""Events that come after the deletion of their flow run make no task run, in any order."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, permutations
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.service.stream import cascade_deletes
from runledger.store.dynamodb.table import Table
from runledger.store.runs.cascade_deletes import CascadeDeleteStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import MISSING_TTL, KnownTombstones, Store
from tests.reporting.building import body
from tests.store.support.asking import Site, ask, flow_run_id
from tests.store.support.contents import scan
from tests.store.support.late_events import (
    NOW,
    OF_FLOW,
    delete_flow_run,
    elsewhere,
    event,
    is_event,
    kinds,
    receive,
    settle,
)
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_that_come_after_the_deletion_make_no_task_run(
    site_on_dynoxide: Site, stream_on_dynoxide: Streaming, order: Sequence[int], before: int
) -> None:
    api, database, _ = site_on_dynoxide
    flow_run, run_id = flow_run_id(api), UUID(int=1)
    sent = [event(number, flow_run, run_id) for number in order]
    for one in sent[:before]:
        receive(wiring.store(), one)
    assert ask(api, delete_flow_run(flow_run)).status_code == httpx.codes.NO_CONTENT
    takers = cycle([wiring.store(), elsewhere(database)])
    for one, store in zip(sent[before:], takers, strict=False):
        receive(store, one)
    stream_on_dynoxide.pump()
    assert kinds(database) == OF_FLOW
    ids = {str(one["id"]) for one in sent}
    assert {key.sk[-36:] for key in scan(database) if is_event(key)} >= ids


def test_a_task_run_does_not_move_into_a_deleted_flow_run(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    flow_run, run_id = flow_run_id(api_on_dynoxide), UUID(int=1)
    receive(wiring.store(), body(0, "PENDING", run_id=run_id))
    ask(api_on_dynoxide, delete_flow_run(flow_run))
    receive(wiring.store(), event(1, flow_run, run_id))
    stored = TaskRunStore.of(elsewhere(on_dynoxide)).read(run_id)
    assert stored
    assert (stored.run.flow_run_id, stored.run.state_type) == (None, "PENDING")


def test_events_of_a_flow_run_that_is_not_there_yet_make_task_runs(
    api_on_dynoxide: httpx.Client,
) -> None:
    unknown = str(uuid4())
    receive(wiring.store(), event(0, unknown, UUID(int=1), "first"))
    assert ask(api_on_dynoxide, delete_flow_run(unknown)).status_code == httpx.codes.NOT_FOUND
    receive(wiring.store(), event(0, unknown, UUID(int=2), "second"))
    asked = {"task_runs": {"flow_run_id": {"any_": [unknown]}}}
    (found,) = api_on_dynoxide.post("/task_runs/filter", json=asked).json()
    assert found["id"] == str(UUID(int=2))


def test_a_tombstone_is_kept_as_long_as_events_are(on_dynoxide: DynamoDB) -> None:
    store = Store(
        Table(on_dynoxide.client, on_dynoxide.table), shards=2, event_retention=timedelta(days=3)
    )
    tombstone = CascadeDeleteStore.of(store).tombstone(UUID(int=1), NOW)
    assert tombstone.item["expires_at"] == int((NOW + timedelta(days=3)).timestamp())


def test_who_believes_for_a_while_that_there_is_no_tombstone_leaves_nothing(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB, stream_on_dynoxide: Streaming
) -> None:
    flow_run, believing = flow_run_id(api_on_dynoxide), elsewhere(on_dynoxide)
    receive(believing, event(0, flow_run, UUID(int=1), "first"))
    ask(api_on_dynoxide, delete_flow_run(flow_run))
    stream_on_dynoxide.pump()
    receive(believing, event(0, flow_run, UUID(int=2), "second"), now=MISSING_TTL / 2)
    receive(believing, event(0, flow_run, UUID(int=3), "third"), now=MISSING_TTL)
    assert TaskRunStore.of(believing).read(UUID(int=2))
    assert TaskRunStore.of(believing).read(UUID(int=3)) is None
    settle(on_dynoxide, stream_on_dynoxide)
    assert kinds(on_dynoxide) == OF_FLOW


def test_the_stream_looks_again_when_nobody_can_act_on_an_old_belief_any_more() -> None:
    longest_request = timedelta(seconds=29)
    assert longest_request + MISSING_TTL < cascade_deletes.SETTLING


def test_that_there_is_a_tombstone_is_not_forgotten_for_one_who_missed_it_before() -> None:
    known = KnownTombstones()
    known.put(UUID(int=1), NOW, found=True)
    known.put(UUID(int=1), NOW, found=False)
    assert known.lookup(UUID(int=1), NOW) is True
