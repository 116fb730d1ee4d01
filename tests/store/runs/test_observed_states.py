"""The types and names of states are told as a walk over all states would find them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runledger import wiring
from runledger.domain.errors import OutOfTime, WriteConflict
from runledger.domain.runs.observed_states import ObservedState
from runledger.domain.runs.states import StateType
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import Table, chunks
from runledger.store.runs import observed_states
from runledger.store.runs.observed_states import ObservedStateStore
from runledger.store.store import Store
from tests.store.support.asking import ask, made, new_task_run, removal
from tests.store.support.calls import heard, preceded
from tests.store.support.proposing import proposal
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = st.text("#\x00\x01~aAé\U0001f600", max_size=3) | st.sampled_from(
    ["Pending", "x" * 800, "x" * 801, "x" * 3_000]
)
STATES = st.lists(
    st.tuples(st.sampled_from(StateType), NAMES, st.integers(-2, 2)), min_size=1, max_size=12
)

Pairs = dict[tuple[str, str], tuple[datetime, datetime]]


def state(kind: StateType, name: str, seconds: float) -> ObservedState:
    return ObservedState.once(kind, name, NOW + timedelta(seconds=seconds))


def naive(states: Iterable[ObservedState]) -> Pairs:
    seen: Pairs = {}
    for one in states:
        key = one.state_type, one.state_name
        first, last = seen.get(key, (one.first_seen, one.last_seen))
        seen[key] = min(first, one.first_seen), max(last, one.last_seen)
    return seen


def found(store: Store) -> Pairs:
    observed = ObservedStateStore.of(store).read().answer
    assert len({(one.state_type, one.state_name) for one in observed}) == len(observed)
    return {(one.state_type, one.state_name): (one.first_seen, one.last_seen) for one in observed}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=STATES, times=st.sampled_from([1, 2]), batch=st.sampled_from([1, 100]))
def test_pairs_are_those_of_the_states_whatever_comes_twice_and_in_whatever_order(
    on_dynoxide: DynamoDB, drawn: Sequence[tuple[StateType, str, int]], times: int, batch: int
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    every = [state(*one) for one in drawn] * times
    before = naive(every + list(map(_pair, found(store).items())))
    for some in chunks(every, batch):
        ObservedStateStore.of(store).add(some)
    assert found(store) == before


def _pair(told: tuple[tuple[str, str], tuple[datetime, datetime]]) -> ObservedState:
    (kind, name), (first, last) = told
    return ObservedState(
        state_type=StateType(kind), state_name=name, first_seen=first, last_seen=last
    )


def test_many_states_of_a_pair_are_one_write(store: Store, dynamodb: DynamoDB) -> None:
    pairs = ObservedStateStore.of(store)
    pairs.add([state(StateType.RUNNING, "Running", 0)])
    later = [state(StateType.RUNNING, "Running", seconds) for seconds in range(9)]
    with heard(dynamodb.client) as calls:
        pairs.add(later)
        pairs.add(later)
    assert [name for name, _ in calls] == ["GetItem", "PutItem"]
    assert found(store) == naive(later)


def test_a_function_that_knows_nothing_yet_reads_and_does_not_write(
    store: Store, dynamodb: DynamoDB
) -> None:
    ObservedStateStore.of(store).add([state(StateType.RUNNING, "Running", 0)])
    other = Store(store.table, shards=2)
    with heard(dynamodb.client) as calls:
        ObservedStateStore.of(other).add([state(StateType.RUNNING, "Running", 0)])
    assert [name for name, _ in calls] == ["GetItem"]


def test_of_two_who_store_a_pair_the_second_is_told_to_try_again(on_dynoxide: DynamoDB) -> None:
    first = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    second = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    early, late = (state(StateType.FAILED, "Failed", seconds) for seconds in (0, 9))
    with (
        preceded(on_dynoxide.client, 1, lambda: ObservedStateStore.of(first).add([early])),
        pytest.raises(WriteConflict),
    ):
        ObservedStateStore.of(second).add([late])
    ObservedStateStore.of(second).add([late])
    assert found(second) == naive([early, late])


@pytest.mark.parametrize("runs", [1, 3])
def test_deleted_runs_take_their_states_along_in_a_small_table(
    api: httpx.Client, stream: Streaming, monkeypatch: pytest.MonkeyPatch, runs: int
) -> None:
    store = wiring.store()
    kept = [made(api, new_task_run(dynamic_key=str(number))) for number in range(runs)]
    gone = made(api, new_task_run(dynamic_key="gone", state={"type": "FAILED", "name": "Gone"}))
    ask(api, proposal("task_runs", gone, "RUNNING", force=True))
    stream.pump()
    assert {name for _, name in found(store)} == {"Pending", "Gone", "Running"}
    monkeypatch.setattr(observed_states, "MAX_RUNS", runs - 1)
    ask(api, removal("task_runs", gone))
    stream.pump()
    assert {name for _, name in found(store)} == {"Pending", "Gone", "Running"}
    monkeypatch.setattr(observed_states, "MAX_RUNS", runs)
    ObservedStateStore.of(store).find_again()
    times = [datetime.fromisoformat(run["state"]["timestamp"]) for run in kept]
    assert found(store) == {("PENDING", "Pending"): (min(times), max(times))}


def test_more_names_than_there_is_time_for_are_told_to_be_so(store: Store) -> None:
    reads = count()
    passing = Deadline(NOW, lambda: NOW + timedelta(next(reads)))
    with pytest.raises(OutOfTime, match="too many names of states"):
        ObservedStateStore.of(store.with_deadline(passing)).read()
