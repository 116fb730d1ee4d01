"""A history has the sums that the models of the runs in its range have, and reads no others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.history import Interval, StateTotals, Timeline
from runledger.domain.runs.states import StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.search.histories import history
from runledger.service.search.search import Search
from runledger.service.search.task_runs import TASK_RUNS
from runledger.store import samples
from runledger.store.dynamodb.table import Table
from runledger.store.runs import task_run_items
from runledger.store.runs.task_run_items import Stored
from runledger.store.store import Store
from tests.store.support.any_runs import OFFSETS, maybe
from tests.store.support.calls import heard
from tests.store.support.populations import (
    DAWN,
    put,
    put_flow_runs,
    put_numbered,
    put_task_runs,
    task_run,
)
from tests.support.databases import DynamoDB, Engine, fresh_table

Run = TaskRun | FlowRun
NOON = datetime(2030, 1, 1, 12)  # noqa: DTZ001
HOUR, MICROSECOND, ZERO = timedelta(hours=1), timedelta(microseconds=1), timedelta(0)

TIMES = st.datetimes(NOON - HOUR, NOON + HOUR, timezones=OFFSETS)
# In turn: some intervals begin or end at the very time of a run.
EDGES = st.sampled_from([NOON.replace(tzinfo=UTC) + minutes * HOUR / 60 for minutes in (-9, 0, 9)])
WHEN = TIMES | EDGES
DURATIONS = st.timedeltas(-HOUR, HOUR) | st.just(timedelta(days=40_000, microseconds=1))
NAMES = st.sampled_from(["a", "a b", " ", "", "é\n"])
TYPES = st.sampled_from([StateType.RUNNING, StateType.COMPLETED, StateType.SCHEDULED])
TIMES_OF_RUN = st.fixed_dictionaries(
    {
        "expected_start_time": maybe(WHEN),
        "start_time": maybe(WHEN),
        "total_run_time": DURATIONS,
        "state_name": NAMES,
        "state_type": TYPES,
    }
)


def of_kind(number: int, kind: str) -> Run:
    run = task_run(number)
    if kind == "task_runs":
        return run
    known = {name: getattr(run, name) for name in ("id", "created", "updated", "name", "state")}
    return FlowRun(**known, flow_id=run.id)


@st.composite
def runs(draw: st.DrawFn, kind: str) -> list[Run]:
    """Draw runs at about noon, some of them without a state."""
    drawn = draw(st.lists(st.tuples(TIMES_OF_RUN, WHEN, st.integers(0, 5)), max_size=6))
    there = []
    for number, (times, since, chance) in enumerate(drawn):
        run = of_kind(number, kind).replace(**times)
        assert run.state
        state = run.state.replace(timestamp=since) if chance else None
        type_and_name = {} if chance else {"state_type": None, "state_name": None}
        there.append(run.replace(**type_and_name, state=state, state_id=state and state.id))
    return there


TIMELINES = st.builds(
    Timeline, WHEN, WHEN, st.timedeltas(timedelta(seconds=1), HOUR) | st.just(HOUR / 60)
)
SEARCHES: dict[str, Search[Any, Any]] = {"task_runs": TASK_RUNS, "flow_runs": FLOW_RUNS}


class HistoryQuery(NamedTuple):
    types: Sequence[StateType] | None
    timeline: Timeline
    now: datetime


QUERIES = st.builds(HistoryQuery, st.none() | st.lists(TYPES, max_size=2), TIMELINES, WHEN)


@pytest.mark.parametrize("kind", SEARCHES)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_history_has_the_sums_of_the_models(
    dynoxide: Engine, kind: str, data: st.DataObject
) -> None:
    shards, there = data.draw(st.sampled_from([1, 3])), data.draw(runs(kind))
    asked = data.draw(st.lists(QUERIES, max_size=4))
    with fresh_table(dynoxide) as fresh:
        put_runs(fresh, there, shards)
        store = Store(Table(fresh.client, fresh.table), shards)
        for one in asked:
            assert_told(store, kind, there, one)


def assert_told(store: Store, kind: str, there: Sequence[Run], asked: HistoryQuery) -> None:
    """Hold a history by the entries by state, and one by documents, against the models."""
    types, timeline, now = asked
    matching = [run for run in there if types is None or run.state_type in types]
    wanted = {} if types is None else {"state": {"type": {"any_": types}}}
    for names, path in (({}, "by_state"), ({"name": {"like_": ""}}, None)):
        criteria = Criteria.model_validate({kind: {**wanted, **names}})
        found = history(SEARCHES[kind], store, criteria, timeline, now=now)
        assert to_json(found.answer) == to_json(modelled(matching, timeline, now))
        assert path is None or found.path in {path, "nothing"}


def put_runs(database: DynamoDB, there: Sequence[Run], shards: int) -> None:
    task_runs = [Stored(run, 1) for run in there if isinstance(run, TaskRun)]
    put_task_runs(database, task_runs, shards=shards)
    flow_runs = [run for run in there if isinstance(run, FlowRun)]
    put_flow_runs(database, flow_runs, shards=shards)


def modelled(there: Sequence[Run], timeline: Timeline, now: datetime) -> list[Interval]:
    """Return the intervals with the sums by the models of the runs."""
    return [
        Interval(
            interval_start=start,
            interval_end=start + timeline.step,
            states=tuple(_totals(there, start, timeline.step, now)),
        )
        for start in timeline.starts[:-1]
    ]


def _totals(
    there: Sequence[Run], start: datetime, step: timedelta, now: datetime
) -> Iterator[StateTotals]:
    for (state_type, name), (count, run_time, lateness) in sorted(
        _sums(there, start, step, now).items()
    ):
        yield StateTotals(
            state_type=state_type,
            state_name=name,
            count_runs=count,
            sum_estimated_run_time=run_time,
            sum_estimated_lateness=lateness,
        )


def _sums(there: Sequence[Run], start: datetime, step: timedelta, now: datetime) -> dict[Any, Any]:
    totals: dict[Any, Any] = defaultdict(lambda: (0, ZERO, ZERO))
    for run in there:
        expected = run.expected_start_time
        if run.state is None or expected is None or not start <= expected < start + step:
            continue
        assert run.state_type
        # Estimates are of the type that the run has.
        state = run.state.replace(type=run.state_type)
        known: Run = as_of(run.replace(state=state), now)  # type: ignore[type-var]
        count, run_time, lateness = totals[run.state_type, run.state_name]
        totals[run.state_type, run.state_name] = (
            count + 1,
            run_time + max(known.estimated_run_time, ZERO),
            lateness + known.estimated_start_time_delta,
        )
    return dict(totals)


def test_a_history_reads_the_runs_of_its_range_and_few_characters_of_each(
    on_dynoxide: DynamoDB,
) -> None:
    put_numbered(on_dynoxide, 300, shards=2)
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    minute = Timeline(DAWN + HOUR / 60, DAWN + HOUR / 30, HOUR / 60)
    with heard(on_dynoxide.client) as calls:
        found = history(TASK_RUNS, store, Criteria(), minute, now=DAWN)
    assert [one["count_runs"] for one in found.answer[0]["states"]] == [60]
    assert {name for name, _ in calls} == {"Query"}
    # The end of a range is read, too.
    entries = [entry for _, answer in calls for entry in answer["Items"]]
    assert (len(entries), found.items_read, found.items_kept) == (61, 61, 61)
    assert all(entry.keys() == set(samples.ATTRIBUTES) for entry in entries)
    assert max(len(entry[samples.HISTORY]["S"]) for entry in entries) < 20


def test_a_run_that_is_met_in_two_states_is_counted_once(on_dynoxide: DynamoDB) -> None:
    """A walk may meet a run again that changes meanwhile."""
    run = task_run(0)
    before, after = (
        task_run_items.task_run_item(Stored(run.replace(state_type=state_type), 1), shards=1)
        for state_type in (StateType.PENDING, StateType.COMPLETED)
    )
    put(on_dynoxide, [before, {**after, "pk": "TASK_RUN#after"}])
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=1)
    hour = Timeline(DAWN, DAWN + HOUR, HOUR)
    found = history(TASK_RUNS, store, Criteria(), hour, now=DAWN)
    states = found.answer[0]["states"]
    assert [(one["state_type"], one["count_runs"]) for one in states] == [("PENDING", 1)]
    assert (found.items_read, found.items_kept) == (2, 1)
