"""Task runs by their start: most of them have no entry by it, since they began at once."""

from datetime import timedelta
from itertools import product

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import ALL
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_run_items import Stored, task_run_item
from runledger.store.schema import sort_keys
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.populations import DAWN, put_task_runs, task_run
from tests.support.databases import DynamoDB

AT_ONCE, LEAST = sort_keys.AT_ONCE, timedelta(microseconds=1)
ZERO, HOUR = timedelta(0), timedelta(hours=1)
AFTER = (-HOUR, -LEAST, ZERO, LEAST, AT_ONCE - LEAST, AT_ONCE, AT_ONCE + LEAST, HOUR)
EDGES = (None, -HOUR, -LEAST, ZERO, AT_ONCE - LEAST, AT_ONCE, AT_ONCE + LEAST, HOUR)


def begun(number: int, after: timedelta | None) -> TaskRun:
    """A run that begins so long after its expected start."""
    expected = DAWN + number % 2 * AT_ONCE
    start = None if after is None else expected + after
    return task_run(number, expected_start_time=expected, start_time=start)


def test_runs_are_found_by_their_start_whether_they_began_at_once_or_not(
    on_dynoxide: DynamoDB,
) -> None:
    runs = [begun(number, after) for number, after in enumerate([*AFTER, *AFTER[1:], None])]
    put_task_runs(on_dynoxide, [Stored(run, version=1) for run in runs], shards=2)
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), 2)
    for low, high in product(EDGES, EDGES):
        if low is high is None:
            continue
        after, before = (None if edge is None else DAWN + edge for edge in (low, high))
        wanted = {
            run.id
            for run in runs
            if run.start_time
            and (after is None or run.start_time >= after)
            and (before is None or run.start_time <= before)
        }
        start = {"after_": after, "before_": before}
        criteria = Criteria.model_validate({"task_runs": {"start_time": start}})
        found = task_run_searcher(store, criteria, ALL).find()
        assert {run.value().id for run in found.answer} == wanted
        assert len(found.answer) == len(wanted)


def test_a_run_that_began_at_once_has_no_entry_by_its_start() -> None:
    runs = {after: begun(0, after) for after in AFTER}
    spelled = {
        after: task_run_item(Stored(run, version=1), shards=2) for after, run in runs.items()
    }
    without = {after for after, item in spelled.items() if "start" not in item}
    assert without == {ZERO, LEAST, AT_ONCE - LEAST, AT_ONCE}
