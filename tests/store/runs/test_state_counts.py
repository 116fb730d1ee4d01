"""Counts by state type of a stream that repeats, splits, reorders and loses what it delivers."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, pairwise
from random import Random
from typing import NamedTuple
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.errors import Unavailable
from runledger.domain.values import microseconds
from runledger.store.dynamodb.client import JsonClient
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import MAX_KEYS, Table
from runledger.store.runs import state_counts
from runledger.store.runs.state_counts import COUNTERS, RETENTION, StateCountStore, Totals
from runledger.store.schema import keys
from tests.store.support.calls import FAULTS, Heard, broken, heard
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB, Engine, fresh_table

TYPES = ("PENDING", "RUNNING", "COMPLETED", None)
MORNING = 1_900_000_000
WORLD = UUID(int=0)


def item(run: keys.Key, state_type: str | None, at: int = 0) -> dict[str, str]:
    """A run in a state since then; the state has another name than most, now and then."""
    if state_type is None:
        return {**run._asdict(), "body": "{}"}
    name = "Odd" if at % 4 == 3 else state_type.capitalize()
    since = (datetime.fromtimestamp(MORNING, UTC) + timedelta(seconds=at)).isoformat()
    state = {"type": state_type, "name": name, "timestamp": since}
    shard = keys.state_shard(run.sk, state_type, 1)
    return {**run._asdict(), "state_shard": shard, "body": json.dumps({"state": state})}


def life(
    number: int,
    kind: str,
    states: Sequence[str | None],
    times: Iterator[int],
    *,
    since: Iterator[int],
) -> list[Change]:
    """The changes of a run that goes through states; it is removed where they end in "gone".

    `since` has the times of the states, which clients give.
    """
    run = keys.entity(kind, uuid5(WORLD, str(number)))
    images = [None, *(None if one == "gone" else item(run, one, next(since)) for one in states)]
    steps = pairwise(images)
    return [
        Change(str(at), run, old, new, next(times))
        for at, (old, new) in enumerate(steps)
        if old != new
    ]


def truth(changes: Sequence[Change]) -> dict[str, Counter[str | None]]:
    """Return the runs that are there after all changes, of each kind."""
    last = {change.key: change.new for change in changes}
    found: dict[str, Counter[str | None]] = {kind: Counter() for kind in keys.RUNS}
    for key, image in last.items():
        if image:
            found[key.sk][keys.state_type_of(image)] += 1
    return found


def latest(changes: Sequence[Change]) -> dict[str, int]:
    """The times of the last states of usual names that are of another type than those before."""
    found: dict[str, int] = {}
    counted = (change.new for change in changes if change.new and is_counted(change))
    for state in (json.loads(image["body"]).get("state") for image in counted):
        if state and state["name"] != "Odd":
            time = microseconds(datetime.fromisoformat(state["timestamp"]))
            found[f"{state['type']}_at"] = max(time, found.get(f"{state['type']}_at", 0))
    return found


def is_counted(change: Change) -> bool:
    before, after = (keys.state_type_of(image or {}) for image in (change.old, change.new))
    return before != after


def stored_latest(database: DynamoDB) -> dict[str, int]:
    found: dict[str, int] = {}
    for image in scan(database).values():
        for name in {name for name in image if name.endswith("_at")} - {state_counts.EXPIRES}:
            found[name] = max(int(image[name]), found.get(name, 0))
    return found


@st.composite
def programs(draw: st.DrawFn) -> list[Change]:
    """Changes of runs of both kinds, in their order, with times that seldom differ or do widely."""
    ended = st.sampled_from([[], ["gone"], ["gone", "RUNNING"]])
    states = st.lists(st.sampled_from(TYPES), min_size=1, max_size=4)
    lives = draw(st.lists(st.tuples(states, ended), min_size=1, max_size=12))
    pause = draw(st.sampled_from([0, 1, 45, 5_000]))
    changes = []
    for number, (through, end) in enumerate(lives):
        times = iter(range(MORNING + number, MORNING + number + 20 * (pause + 1), pause + 1))
        since = count(number * 977 % 60)
        changes += life(number, keys.RUNS[number % 2], [*through, *end], times, since=since)
    return changes


class Delivery(NamedTuple):
    """Some changes in any order, of which some may be told twice, and the call that is cut off."""

    changes: Sequence[Change]
    cut_at: int
    fault: str


@st.composite
def deliveries(draw: st.DrawFn, changes: list[Change]) -> list[Delivery]:
    """Return what comes before all is delivered once more, in parts and in another order."""
    batch = st.lists(st.sampled_from(changes), min_size=1, max_size=10)
    some = st.builds(Delivery, batch, st.integers(0, 8), st.sampled_from(sorted(FAULTS)))
    shuffled = draw(st.permutations(changes))
    size = draw(st.integers(1, 12))
    last = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    return [
        *draw(st.lists(some, max_size=8)),
        *(Delivery(batch, 1_000, "not told") for batch in last),
    ]


@contextmanager
def small_windows() -> Iterator[None]:
    """Let ids move out of windows soon."""
    with pytest.MonkeyPatch.context() as patch:
        for name, number in {
            "MAX_WINDOW": 3,
            "MIN_WINDOW": 1,
            "MAX_ADDED": 2,
            "COUNTERS": 2,
        }.items():
            patch.setattr(state_counts, name, number)
        yield


def counts(database: DynamoDB) -> dict[str, Totals]:
    store = counter_store(database)
    return {kind: store.totals(kind) for kind in keys.RUNS}


def counter_store(database: DynamoDB) -> StateCountStore:
    return StateCountStore(Table(database.client, database.table, pauses=()))


def deliver(store: StateCountStore, delivery: Delivery, client: JsonClient) -> None:
    fault = FAULTS[delivery.fault]
    with broken(client, fault, first=delivery.cut_at), suppress(Unavailable):
        store.add(delivery.changes)


@given(data=st.data(), changes=programs())
def test_whatever_the_stream_delivers_and_whichever_call_fails_counts_are_right(
    dynoxide: Engine, data: st.DataObject, changes: list[Change]
) -> None:
    delivered = data.draw(deliveries(changes))
    with fresh_table(dynoxide) as database, small_windows():
        store = counter_store(database)
        for delivery in delivered:
            deliver(store, delivery, database.client)
        assert counts(database) == truth(changes)
        assert stored_latest(database) == latest(changes)


THREADS = 8


@pytest.mark.parametrize("seed", range(4))
def test_batches_that_come_at_once_and_again_are_counted_once(
    on_dynoxide: DynamoDB, seed: int
) -> None:
    mixed = Random(seed)  # noqa: S311 - the same order each time
    changes = many_changes(60, every=seed)
    batches = [mixed.choices(changes, k=12) for _ in range(40)]
    batches += [changes[at : at + 30] for at in range(0, len(changes), 30)]
    mixed.shuffle(batches)
    store = counter_store(on_dynoxide)
    with small_windows(), ThreadPoolExecutor(THREADS) as pool:
        left = batches
        while left:
            left = [batch for batch in pool.map(partial(attempted, store), left) if batch]
        assert counts(on_dynoxide) == truth(changes)
        assert stored_latest(on_dynoxide) == latest(changes)


def attempted(store: StateCountStore, batch: list[Change]) -> list[Change]:
    """Return the batch if it has to be repeated."""
    try:
        store.add(batch)
    except Unavailable:
        return batch
    return []


def many_changes(runs: int, *, every: int) -> list[Change]:
    """Three changes of each task run, some seconds apart, in the order of time."""
    states = ("PENDING", "RUNNING", "COMPLETED")
    lives = [
        life(
            run,
            keys.TASK_RUN,
            states,
            count(MORNING + run * every, 60),
            since=count(run * every, 60),
        )
        for run in range(runs)
    ]
    return sorted((change for one in lives for change in one), key=lambda change: change.time)


@pytest.mark.parametrize("every", [0, 1, 600, 6_000])
def test_a_day_that_is_delivered_again_counts_no_more(dynamodb: DynamoDB, every: int) -> None:
    changes = many_changes(120, every=every)
    store = counter_store(dynamodb)
    store.add(changes)
    for at in range(0, len(changes), 70):
        store.add(changes[at : at + 70])
    assert counts(dynamodb) == truth(changes)


def test_what_does_not_concern_counts_is_not_written(on_dynoxide: DynamoDB) -> None:
    run = keys.task_run(WORLD)
    same = Change("1", run, item(run, "PENDING"), item(run, "PENDING"))
    beside = Change("2", keys.tag(run, "a"), None, keys.tag(run, "a")._asdict())
    with heard(on_dynoxide.client) as calls:
        counter_store(on_dynoxide).add([same, beside])
    assert calls == []


def test_items_of_counters_are_small_and_expire(on_dynoxide: DynamoDB) -> None:
    changes = many_changes(800, every=1)
    for at in range(0, len(changes), 100):
        counter_store(on_dynoxide).add(changes[at : at + 100])
    found = scan(on_dynoxide)
    windows = [image["window"] for key, image in found.items() if key.sk == keys.COUNT]
    moved = [image for key, image in found.items() if key.sk != keys.COUNT]
    assert max(map(len, windows)) < state_counts.MAX_WINDOW + state_counts.MAX_ADDED
    assert max(len(image["ids"]) for image in moved) < 80
    ids = [one for window in [*windows, *(image["ids"] for image in moved)] for one in window]
    assert len(ids) == len(set(ids)) == len(changes)
    for image in moved:
        newest = max(int.from_bytes(one[:4]) for one in image["ids"])
        assert image["expires_at"] >= newest + RETENTION.total_seconds()


# Write units a change, at most, of batches of a size: as many changes as fill windows often.
UNITS: dict[int, float] = {1: 1.5, 10: 1.0, 100: 0.3}


@pytest.mark.parametrize("every", [0, 60], ids=["at once", "one a minute"])
@pytest.mark.parametrize("size", UNITS)
def test_a_count_costs_few_write_units(on_dynoxide: DynamoDB, size: int, every: int) -> None:
    changes = many_changes(240, every=every)
    with heard(on_dynoxide.client) as calls:
        for at in range(0, len(changes), size):
            counter_store(on_dynoxide).add(changes[at : at + size])
    assert write_units(calls) / len(changes) <= UNITS[size]


def write_units(calls: Heard) -> float:
    """Return what writes consumed; a refused one consumes a unit."""
    units = 0.0
    for name, answer in calls:
        if name == "TransactWriteItems":
            units += sum(one["CapacityUnits"] for one in answer["ConsumedCapacity"])
        elif name == "UpdateItem":
            units += answer.get("ConsumedCapacity", {"CapacityUnits": 1.0})["CapacityUnits"]
    return units


def test_all_counters_of_a_kind_are_read_at_once() -> None:
    assert COUNTERS <= MAX_KEYS


def test_ids_are_spread_over_all_counters() -> None:
    runs = [keys.task_run(uuid5(WORLD, str(number))) for number in range(1_000)]
    counters = {keys.count(keys.TASK_RUN, number) for number in range(COUNTERS)}
    assert set(map(state_counts.counter_of, runs)) == counters
