"""Keys: distinct where things are, in the order of things, and within DynamoDB's limits."""

import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.states import StateType
from runledger.domain.sorting import rank
from runledger.store.schema import keys, sort_keys
from tests.support.facts import task_run_facts

MAX_BYTES_OF_PK, MAX_BYTES_OF_SK = 2048, 1024
NOW = datetime(2030, 1, 1, tzinfo=UTC)

# With what separates and what escapes in keys, and long enough to be hashed or cut.
CHARACTERS = st.text('#"\\,\x00\x01\x02aB~é\uffff\U0001f600', max_size=4)
TEXTS = st.builds(str.__mul__, CHARACTERS, st.sampled_from([1, 1, 300, 3000]))
CLAIMS = st.tuples(st.none() | st.uuids(), TEXTS, TEXTS)

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS)  # noqa: DTZ001
MOMENTS = st.sampled_from([NOW, NOW + timedelta(microseconds=1)]) | TIMES
FACTS = st.builds(
    task_run_facts,
    id=st.uuids(),
    created=MOMENTS,
    name=CHARACTERS,
    state_type=st.just(StateType.PENDING),
    state_name=st.just("Pending"),
    state_timestamp=st.just(NOW),
    expected_start_time=MOMENTS,
    next_scheduled_start_time=st.none() | MOMENTS,
)


def place_by_name(facts: TaskRunFacts) -> str:
    return sort_keys.name_sort_key(facts.name, facts.created, facts.id)


def place_by_time(facts: TaskRunFacts) -> str:
    return sort_keys.time_sort_key(facts.next_scheduled_start_time, facts.created, facts.id)


@given(one=FACTS, other=FACTS)
def test_places_stand_in_the_order_of_times(one: TaskRunFacts, other: TaskRunFacts) -> None:
    ranked = sorted([one, other], key=lambda facts: rank(facts, "next_scheduled_start_time"))
    assert ranked == sorted([one, other], key=lambda facts: place_by_time(facts).encode())


@given(one=FACTS, other=FACTS)
def test_places_stand_in_the_order_of_names(one: TaskRunFacts, other: TaskRunFacts) -> None:
    ranked = sorted([one, other], key=lambda facts: rank(facts, "name"))
    assert ranked == sorted([one, other], key=lambda facts: place_by_name(facts).encode())


@given(time=MOMENTS, low=st.none() | MOMENTS, high=st.none() | MOMENTS)
def test_what_lies_between_two_times_is_placed_between_them(
    time: datetime, low: datetime | None, high: datetime | None
) -> None:
    first, last = sort_keys.between(low, high)
    is_between = (low is None or low <= time) and (high is None or time <= high)
    assert (first <= sort_keys.time_sort_key(time, NOW, uuid4()) <= last) == is_between


def test_what_has_no_time_lies_between_none() -> None:
    assert sort_keys.time_sort_key(None, NOW, uuid4()) < sort_keys.between(None, None)[0]


@given(one=CLAIMS, other=CLAIMS)
def test_runs_of_different_keys_claim_different_items(
    one: tuple[UUID | None, str, str], other: tuple[UUID | None, str, str]
) -> None:
    assert (keys.task_key(*one) == keys.task_key(*other)) == (one == other)


@given(claim=CLAIMS, flow_id=st.uuids())
def test_keys_made_of_any_text_are_short_enough(
    claim: tuple[UUID | None, str, str], flow_id: UUID
) -> None:
    _, name, other = claim
    made = [keys.task_key(*claim), keys.flow_name(name), keys.idempotency(flow_id, other)]
    made.append(keys.tag(keys.flow_run(flow_id), name))
    assert all(len(key.pk.encode()) <= MAX_BYTES_OF_PK for key in made)
    assert all(len(key.sk.encode()) <= MAX_BYTES_OF_SK for key in made)
    assert len(keys.tag_shard(keys.TASK_RUN, name, 99).encode()) <= MAX_BYTES_OF_PK
    assert len(sort_keys.name_sort_key(name, NOW, flow_id).encode()) <= MAX_BYTES_OF_SK


@given(one=TEXTS, other=TEXTS)
def test_different_tags_have_different_owners(one: str, other: str) -> None:
    shards = [set(keys.tag_shards(keys.TASK_RUN, [tag], 2)) for tag in (one, other)]
    of_many = {keys.tag_shard(keys.TASK_RUN, None, number) for number in range(2)}
    assert (shards[0] == shards[1]) == (one == other)
    assert shards[0] & shards[1] == (shards[0] if one == other else of_many)


@given(name=TEXTS)
def test_only_names_that_may_have_been_cut_are_put_in_order_by_themselves(name: str) -> None:
    shown = sort_keys.name_sort_key(name, NOW, uuid4())
    is_whole = len(name.translate(sort_keys.ESCAPES).encode()) < sort_keys.MAX_NAME_BYTES - 3
    assert (sort_keys.truncated_name(shown) is None) == is_whole


@given(run_id=st.uuids(), shards=st.integers(1, 9))
def test_a_run_is_in_one_of_the_shards(run_id: UUID, shards: int) -> None:
    assert keys.shard_of(run_id, shards) in range(shards)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_days_of_all_time_are_told_one_by_one(*, reverse: bool) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    tracemalloc.start()
    days = keys.event_days(first, last, 2, reverse=reverse)
    some = [day for day, _ in islice(days, 2)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    expected = ["9999-12-31", "9999-12-30"] if reverse else ["0001-01-01", "0001-01-02"]
    assert [day.split(sort_keys.SEPARATOR)[1] for day in some] == expected
    assert peak < 100_000
