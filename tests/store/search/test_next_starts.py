"""Flow runs by their next scheduled start, which the index by state tells of most."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.sorting import FlowRunSort, Page
from runledger.store.dynamodb.table import Table
from runledger.store.schema.sort_keys import MICROSECOND
from runledger.store.search.flow_runs import flow_run_searcher
from runledger.store.search.paths.shared import NEAR
from runledger.store.store import Store
from tests.store.support.calls import heard
from tests.store.support.populations import DAWN, put_flow_runs
from tests.support.databases import DynamoDB

HOUR = timedelta(hours=1)
FAR = NEAR + MICROSECOND
# From its expected start to its next one.
LATER = (None, -HOUR, -FAR, -NEAR, timedelta(0), NEAR, FAR, HOUR)
EDGES = (None, -HOUR, -FAR, -NEAR, timedelta(0), NEAR, FAR, HOUR)
TYPES = (StateType.SCHEDULED, StateType.PENDING)
SORTS = tuple(FlowRunSort)


def flow_run(number: int, later: timedelta | None, kind: StateType) -> FlowRun:
    state = State(id=uuid4(), type=kind, name=kind.capitalize(), timestamp=DAWN)
    expected = DAWN + number % 2 * NEAR
    return FlowRun(
        id=UUID(int=number),
        created=DAWN,
        updated=DAWN,
        name=f"{number}",
        flow_id=UUID(int=1),
        state=state,
        state_id=state.id,
        state_type=kind,
        state_name=state.name,
        expected_start_time=expected,
        next_scheduled_start_time=None if later is None else expected + later,
    )


@pytest.fixture
def runs(on_dynoxide: DynamoDB) -> Sequence[FlowRun]:
    each = enumerate(product(LATER, TYPES, range(3)), start=1)
    made = [flow_run(number, later, kind) for number, (later, kind, _) in each]
    put_flow_runs(on_dynoxide, made, shards=2)
    return made


def test_runs_are_found_by_their_next_start_in_any_order(
    on_dynoxide: DynamoDB, runs: Sequence[FlowRun]
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), 2)
    ranges = [(low, high) for low, high in product(EDGES, EDGES) if (low, high) != (None, None)]
    for number, (low, high) in enumerate(ranges):
        after, before = (None if edge is None else DAWN + edge for edge in (low, high))
        wanted = {
            run.id
            for run in runs
            if (at := run.next_scheduled_start_time)
            and (after is None or at >= after)
            and (before is None or at <= before)
        }
        next_start = {"after_": after, "before_": before}
        criteria = Criteria.model_validate({"flow_runs": {"next_scheduled_start_time": next_start}})
        # The page is too small for all; with the one after it, it is not.
        page = Page(SORTS[number % len(SORTS)].order, 0, 20)
        pages = [page, page._replace(offset=20, limit=100)]
        found = [
            run.id for one in pages for run in flow_run_searcher(store, criteria, one).find().answer
        ]
        assert (len(found), set(found)) == (len(wanted), wanted)


def test_a_range_may_end_where_time_does(on_dynoxide: DynamoDB, runs: Sequence[FlowRun]) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), 2)
    first, last = (edge.replace(tzinfo=UTC) for edge in (datetime.min, datetime.max))  # noqa: DTZ901
    due = {"next_scheduled_start_time": {"after_": first, "before_": last}}
    searcher = flow_run_searcher(store, Criteria.model_validate({"flow_runs": due}))
    with heard(on_dynoxide.client) as calls:
        found = searcher.find()
    assert len(found.answer) == sum(run.next_scheduled_start_time is not None for run in runs)
    assert found.path == "by_next_scheduled_start"
    assert sum(name == "Query" for name, _ in calls) == 4
