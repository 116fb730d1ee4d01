"""The types and names of states are found as a walk over all states would find them, for less."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runledger.domain.errors import OutOfTime
from runledger.domain.runs.states import State, StateType
from runledger.store.dynamodb.table import Deadline, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.runs import derived_items
from runledger.store.runs.observed_states import ObservedStateStore
from runledger.store.schema import keys
from runledger.store.store import Shards
from tests.store.support.calls import heard, preceded
from tests.support.databases import DynamoDB

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# With what separates and what escapes in keys, and alike for longer than a key has room for.
NAMES = st.text("#\x00\x01\x02\x03\x06\x7f~aAé\U0001f600", max_size=3) | st.sampled_from(
    ["Pending", "x" * 800, "x" * 801, "x" * 802, "x" * 3_000, "\x01" * 500, "\x01" * 400]
)
STATES = st.lists(
    st.tuples(st.sampled_from(StateType), NAMES, st.integers(-2, 2), st.booleans()), max_size=12
)
RUN = {kind: keys.entity(kind, UUID(int=7)) for kind in (keys.TASK_RUN, keys.FLOW_RUN)}

Pairs = dict[tuple[str, str], tuple[datetime, datetime]]


def state(number: int, kind: StateType, name: str, seconds: float) -> State:
    entered = NOW + timedelta(seconds=seconds)
    return State(id=UUID(int=number), type=kind, name=name, timestamp=entered)


def naive(states: Iterable[State]) -> Pairs:
    seen: Pairs = {}
    for one in states:
        first, last = seen.get((one.type, one.name), (one.timestamp, one.timestamp))
        seen[one.type, one.name] = min(first, one.timestamp), max(last, one.timestamp)
    return seen


def found(table: Table, shards: Shards) -> Pairs:
    observed = ObservedStateStore(table, shards).read().answer
    assert len({(one.state_type, one.state_name) for one in observed}) == len(observed)
    return {(one.state_type, one.state_name): (one.first_seen, one.last_seen) for one in observed}


def put(table: Table, states: Iterable[State], *, shards: int, of: str = keys.TASK_RUN) -> None:
    table.write_unordered(
        [Put(derived_items.state_item(RUN[of], one, shards=shards)) for one in states]
    )


def remove(table: Table, states: Iterable[State], *, of: str = keys.TASK_RUN) -> None:
    gone = (keys.state(RUN[of], one.timestamp, one.id) for one in states)
    table.write_unordered(list(map(Delete, gone)))


@pytest.mark.parametrize("written", [1, 3])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=STATES, of=st.sampled_from([keys.TASK_RUN, keys.FLOW_RUN]))
def test_pairs_are_those_of_the_stored_states(
    on_dynoxide: DynamoDB,
    written: int,
    drawn: list[tuple[StateType, str, int, bool]],
    of: str,
) -> None:
    table = Table(on_dynoxide.client, on_dynoxide.table)
    kept: dict[int, State] = {}
    gone: dict[int, State] = {}
    for number, (kind, name, seconds, stays) in enumerate(drawn):
        one = state(number, kind, name, seconds)
        (kept if stays else gone)[number] = one
    every = [*kept.values(), *gone.values()]
    put(table, every, shards=written, of=of)
    assert found(table, Shards(written, read=3)) == naive(every)
    remove(table, gone.values(), of=of)
    assert found(table, Shards(written, read=3)) == naive(kept.values())
    remove(table, kept.values(), of=of)
    assert found(table, Shards(written, read=3)) == {}


@pytest.mark.parametrize("states", [2, 300])
@pytest.mark.parametrize("shards", [1, 2])
def test_the_calls_go_by_the_number_of_pairs_and_not_of_states(
    on_dynoxide: DynamoDB, states: int, shards: int
) -> None:
    table, number = Table(on_dynoxide.client, on_dynoxide.table), count()
    names = ["Pending", "Running", "Retrying"]
    every = [
        state(next(number), StateType.RUNNING, name, seconds)
        for name in names
        for seconds in range(states)
    ]
    put(table, every, shards=shards)
    with heard(on_dynoxide.client) as calls:
        assert found(table, Shards(shards, shards)) == naive(every)
    in_shards = len({(one.name, keys.shard_of(one.id, shards)) for one in every})
    assert len(calls) == 2 * in_shards + shards
    assert {(name, answer["Count"]) for name, answer in calls} == {("Query", 1), ("Query", 0)}


def test_a_long_name_is_read_from_a_state_that_is_still_there(on_dynoxide: DynamoDB) -> None:
    table, shards = Table(on_dynoxide.client, on_dynoxide.table), Shards(2, 2)
    every = [state(number, StateType.FAILED, "é" * 5_000, number) for number in range(6)]
    put(table, every, shards=2)
    with heard(on_dynoxide.client) as calls:
        assert found(table, shards) == naive(every)
    assert [name for name, _ in calls].count("GetItem") == 1


def test_a_long_name_is_read_from_another_state_if_the_first_one_just_went(
    on_dynoxide: DynamoDB,
) -> None:
    table, shards = Table(on_dynoxide.client, on_dynoxide.table), Shards(1, 1)
    first, *others = (state(number, StateType.FAILED, "n" * 900, number) for number in range(3))
    put(table, [first, *others], shards=1)
    # Two queries for the pair, one that finds no other, one for a state that has the name.
    with preceded(on_dynoxide.client, 4, lambda: remove(table, [first])):
        assert found(table, shards) == naive([first, *others])
    with preceded(on_dynoxide.client, 4, lambda: remove(table, others)):
        assert found(table, shards) == {}


def test_a_state_costs_an_entry_of_one_unit_in_each_of_two_indexes(on_dynoxide: DynamoDB) -> None:
    one = state(1, StateType.COMPLETED, "Completed", 0)
    item = Put(derived_items.state_item(RUN[keys.FLOW_RUN], one, shards=4)).request()
    answer = on_dynoxide.client.put_item(
        TableName=on_dynoxide.table, **item, ReturnConsumedCapacity="INDEXES"
    )
    used = answer["ConsumedCapacity"]
    indexes = used["GlobalSecondaryIndexes"]
    assert used["Table"]["CapacityUnits"] == 1
    assert {name: index["CapacityUnits"] for name, index in indexes.items()} == {
        "by_id": 1,
        "by_owner": 1,
    }


def test_more_names_than_there_is_time_for_are_told_to_be_so(on_dynoxide: DynamoDB) -> None:
    table, reads = Table(on_dynoxide.client, on_dynoxide.table), count()
    put(table, [state(number, StateType.RUNNING, str(number), 0) for number in range(9)], shards=1)
    # An instant later with each call; there is time for ten.
    passing = Deadline(NOW + timedelta(10), lambda: NOW + timedelta(next(reads)))
    with pytest.raises(OutOfTime, match="too many names of states"):
        ObservedStateStore(table.with_deadline(passing), Shards(1, 1)).read()
