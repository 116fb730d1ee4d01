"""Whatever befalls events on their way, the runs are what a naive reader makes of them."""

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.events.events import Event
from runledger.service import events
from runledger.service.runs import task_runs
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.reporting import naive
from tests.reporting.building import JSON, at, body
from tests.store.support.recorded_runs import shown
from tests.support.databases import DynamoDB, Engine, fresh_table

RECORDED: dict[str, list[JSON]] = json.loads(
    (Path(__file__).parents[2] / "reporting/recorded.json").read_text("utf-8")
)
CONNECTIONS, FUNCTIONS = 8, 3
NOW = at(3600)


def receive(store: Store, event: JSON, now: datetime = NOW) -> None:
    events.receive(store, Event.model_validate(event), now=now)


def functions(store: Store) -> list[Store]:
    """Some that share the table, each with a memory of its own."""
    return [Store(store.table, shards=2) for _ in range(FUNCTIONS)]


@pytest.mark.parametrize("program", RECORDED)
@pytest.mark.parametrize("seed", range(3))
def test_a_programs_events_end_in_the_same_runs_however_they_come_in(
    store: Store, dynamodb: DynamoDB, program: str, seed: int
) -> None:
    mixed = random.Random(seed)  # noqa: S311 - the same order each time
    sent = RECORDED[program]
    again = mixed.choices(sent, k=len(sent) // 2)
    on_their_way = mixed.sample([*sent, *again], len(sent) + len(again))
    takers = mixed.choices(functions(store), k=len(on_their_way))
    with ThreadPoolExecutor(CONNECTIONS) as connections:
        list(connections.map(receive, takers, on_their_way))
    assert shown(store, dynamodb) == naive.runs_of(sent)


# Few of each, so that they meet.
EVENTS = st.builds(
    body,
    st.integers(0, 3),
    st.sampled_from(["PENDING", "RUNNING", "COMPLETED"]),
    run_id=st.integers(1, 3).map(lambda number: UUID(int=number)),
    flow_run_id=st.sampled_from([None, UUID(int=8), UUID(int=9)]),
    run=st.fixed_dictionaries(
        {"dynamic_key": st.sampled_from("de")},
        optional={"run_count": st.integers(1, 2), "tags": st.sampled_from([[], ["a"], ["a", "b"]])},
    ),
)


def taken(store: Store, program: Sequence[tuple[JSON, int]]) -> naive.Rows:
    """Take events, after some of them delete a run; return what is expected of the store."""
    rows = naive.Rows()
    takers = zip(program, cycle(functions(store)), strict=False)
    for number, ((event, fate), taker) in enumerate(takers):
        # Time goes on: a run that has the id of a deleted one begins with another version.
        receive(taker, event, NOW + timedelta(seconds=number))
        rows.report(event)
        for run_id in list(rows.rows)[: fate == 0]:
            task_runs.delete(store, UUID(run_id), now=NOW)
            rows.delete(run_id)
    return rows


@given(st.lists(st.tuples(EVENTS, st.integers(0, 9)), max_size=12))
def test_runs_are_what_the_contract_makes_of_events_and_deletes(
    dynoxide: Engine, program: Sequence[tuple[JSON, int]]
) -> None:
    with fresh_table(dynoxide) as database:
        store = Store(Table(database.client, database.table), shards=2)
        rows = taken(store, program)
        assert shown(store, database) == rows.shown()


def racing(flow_run_id: UUID | None) -> list[JSON]:
    """Reports of one run by several ids, of which one wins inside a flow run."""
    return [
        body(second, run_id=UUID(int=second % 4 + 1), flow_run_id=flow_run_id)
        for second in range(32)
    ]


def test_reports_of_a_key_that_race_end_in_one_run(store: Store, dynamodb: DynamoDB) -> None:
    with ThreadPoolExecutor(32) as racers:
        list(racers.map(receive, cycle(functions(store)), racing(UUID(int=9))))
    ((_, newest, entered),) = shown(store, dynamodb).values()
    assert (len(entered), newest) == (32, entered[-1][1])


def test_reports_outside_of_flow_runs_make_a_run_of_each_id(
    store: Store, dynamodb: DynamoDB
) -> None:
    with ThreadPoolExecutor(32) as racers:
        list(racers.map(receive, cycle(functions(store)), racing(None)))
    assert shown(store, dynamodb) == naive.runs_of(racing(None))


def test_of_states_of_one_time_that_race_one_is_kept(store: Store, dynamodb: DynamoDB) -> None:
    receive(store, body(9, "COMPLETED"))
    late: list[Any] = [body(1, kind, id=str(UUID(int=n))) for n, kind in enumerate(["PENDING"] * 8)]
    with ThreadPoolExecutor(8) as racers:
        list(racers.map(receive, cycle(functions(store)), late))
    ((_, _, entered),) = shown(store, dynamodb).values()
    assert len(entered) == 2
