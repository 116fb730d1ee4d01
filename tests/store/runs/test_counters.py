"""Counters of runs in each type of state, whatever becomes of the runs."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.store.dynamodb.table import MAX_KEYS
from runledger.store.runs import derived_items
from runledger.store.runs.cascade_deletes import CascadeDeleteStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.state_counts import COUNTERS
from runledger.store.schema import keys
from runledger.store.store import Store
from tests.store.support.asking import (
    Asked,
    Site,
    ask_at_once,
    flow_run_id,
    made,
    new_task_run,
    removal,
)
from tests.store.support.calls import Refusal, refused
from tests.store.support.counting import Counting
from tests.store.support.populations import in_state, task_run
from tests.store.support.proposing import JSON, proposal
from tests.support.databases import DynamoDB

CONFLICT = Refusal(400, "TransactionCanceledException", ("None", "TransactionConflict"))
RACERS = 32
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def counting(dynamodb: DynamoDB) -> Counting:
    return Counting(dynamodb)


def propose(api: httpx.Client, of: str, run: JSON, state_type: str) -> None:
    made(api, proposal(of, run, state_type, force=True))


def test_a_run_counts_by_the_state_that_it_is_in(api: httpx.Client, counting: Counting) -> None:
    of_keys = [made(api, new_task_run(dynamic_key=str(key))) for key in range(3)]
    propose(api, "task_runs", of_keys[0], "RUNNING")
    propose(api, "task_runs", of_keys[0], "COMPLETED")
    propose(api, "task_runs", of_keys[1], "RUNNING")
    assert counting.totals() == {"COMPLETED": 1, "RUNNING": 1, "PENDING": 1}


def test_a_run_that_is_gone_counts_no_more(api: httpx.Client, counting: Counting) -> None:
    of_keys = [made(api, new_task_run(dynamic_key=str(key))) for key in range(2)]
    made_no_more = api.delete(f"/task_runs/{of_keys[0]['id']}")
    assert made_no_more.is_success
    assert counting.totals() == {"PENDING": 1}


def test_flow_runs_are_counted_by_themselves(api: httpx.Client, counting: Counting) -> None:
    run = flow_run_id(api)
    made(api, new_task_run(flow_run_id=run))
    propose(api, "flow_runs", {"id": run}, "RUNNING")
    assert counting.totals(keys.FLOW_RUN) == {"RUNNING": 1}


def test_a_parent_counts_by_the_state_of_its_subflow_run(site: Site) -> None:
    parent = made(site.api, new_task_run())
    flow = made(site.api, Asked("POST", "/flows/", {"name": "below"}))
    asked = {"flow_id": flow["id"], "parent_task_run_id": parent["id"]}
    run = made(site.api, Asked("POST", "/flow_runs/", asked))
    propose(site.api, "flow_runs", run, "CANCELLED")
    assert Counting(site.database).totals() == {"CANCELLED": 1}


def test_a_run_without_a_state_counts_as_such(store: Store, counting: Counting) -> None:
    run = FlowRun(id=uuid4(), created=NOW, updated=NOW, name="new", flow_id=uuid4())
    FlowRunStore.of(store).create(run)
    assert counting.totals(keys.FLOW_RUN) == {None: 1}
    seen = FlowRunStore.of(store).read(run.id)
    assert seen
    FlowRunStore.of(store).delete(seen, CascadeDeleteStore.of(store).tombstone(run.id, NOW))
    assert counting.totals(keys.FLOW_RUN) == {}


def test_only_another_type_of_state_or_other_tags_are_written_beside_a_run() -> None:
    run = task_run(1, tags=("a",))
    entered = in_state(run, State(id=uuid4(), type=StateType.PENDING, name="Late", timestamp=NOW))
    assert derived_items.update_writes(run, entered, shards=2) == []


def test_all_counters_of_a_kind_are_read_at_once() -> None:
    assert COUNTERS <= MAX_KEYS


def test_ids_are_spread_over_all_counters() -> None:
    assert {keys.shard_of(uuid4(), COUNTERS) for _ in range(4_000)} == set(range(COUNTERS))


@pytest.mark.parametrize("conflicts", [0, 2 * RACERS], ids=["calm", "conflicts"])
def test_racing_creates_transitions_and_deletes_are_all_counted(
    site_on_dynoxide: Site, conflicts: int
) -> None:
    api, _, client = site_on_dynoxide
    of_keys = [made(api, new_task_run(dynamic_key=str(key))) for key in range(4)]
    types = ("RUNNING", "COMPLETED", "PENDING")
    asked = [
        *(proposal("task_runs", run, kind, force=True) for run in of_keys for kind in types),
        *(new_task_run(dynamic_key=str(key)) for key in range(2, 12)),
        *(removal("task_runs", run) for run in of_keys[1:3]),
    ]
    with refused(client, CONFLICT, "TransactWriteItems", times=conflicts):
        answers = ask_at_once(api, asked)
    assert {answer.status_code for answer in answers} <= {200, 201, 204, 404}
