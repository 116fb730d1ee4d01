"""A search that lasts too long is refused, with advice: never is a part told as if it were all."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from runledger import wiring
from runledger.domain.errors import OutOfTime
from runledger.domain.filters.criteria import Criteria
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import Table
from runledger.store.search.executor import Searcher
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.populations import DAWN, put_numbered
from tests.support.databases import DynamoDB

RUNS = 250
RARE = Criteria.model_validate({"task_runs": {"name": {"like_": "7"}}})
PAGE = Page(TaskRunSort.NAME_DESC.order, offset=10, limit=100)

# fmt: off
WAYS: dict[str, Callable[[Searcher[Any, Any]], object]] = {
    "find":     lambda search: [run.value() for run in search.find().answer],
    "paginate": lambda search: search.paginate().answer.total,
    "count":    lambda search: search.count().answer,
    "aggregate": lambda search: search.aggregate(
        sorted_ids, (DAWN, DAWN + timedelta(days=1))
    ).answer,
}
# fmt: on


def sorted_ids(facts: Any) -> list[str]:  # noqa: ANN401 - an iterator of anything with an id
    return sorted(str(one.id) for one in facts)


def seconds(store: Store, calls: int) -> Store:
    """Return a store that takes a second to a call, and has to give up after so many."""
    passed = count()  # of which threads may ask: a generator would not bear it
    clock = lambda: DAWN + timedelta(seconds=next(passed))  # noqa: E731
    return store.with_deadline(Deadline(DAWN + timedelta(seconds=calls), clock))


@pytest.mark.parametrize("way", WAYS)
def test_whenever_its_time_ends_a_search_tells_all_or_nothing(
    on_dynoxide: DynamoDB, way: str
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    put_numbered(on_dynoxide, RUNS, shards=2)
    whole, refused = WAYS[way](task_run_searcher(store, RARE, PAGE)), 0
    for calls in count():
        try:
            answer = WAYS[way](task_run_searcher(seconds(store, calls), RARE, PAGE))
        except OutOfTime:
            refused += 1
        else:
            assert answer == whole
            break
    assert refused > 1


ADVICE = {
    "task_runs": "task_runs.flow_run_id.any_",
    "flow_runs": "flow_runs.parent_task_run_id.any_",
    "flows": "flows.name.any_",
    "deployments": "deployments.id.any_",
}
LISTS = [(kind, verb) for kind in ADVICE for verb in ("filter", "count", "paginate")]
HISTORIES = [("task_runs", "history"), ("flow_runs", "history")]
INTERVALS = {
    "history_start": "2030-01-01T00:00:00Z",
    "history_end": "2030-01-02T00:00:00Z",
    "history_interval_seconds": 3600,
}


@pytest.fixture
def hasty(api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A client of functions that have no time for searches."""
    monkeypatch.setenv("SEARCH_SECONDS", "0")
    wiring.reset()
    return api_on_dynoxide


@pytest.mark.parametrize(("kind", "verb"), LISTS + HISTORIES)
def test_a_search_without_time_is_answered_503_with_the_filters_to_add(
    hasty: httpx.Client, kind: str, verb: str
) -> None:
    asked = {kind: {"name": {"like_": "a"}}} | INTERVALS
    answer = hasty.post(f"/{kind}/{verb}", json=asked, headers={"runledger-explain": "true"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert ADVICE[kind] in answer.json()["exception_message"]
    assert answer.headers["runledger-plan"].startswith("path=")


def test_what_is_no_search_has_its_time(hasty: httpx.Client) -> None:
    assert hasty.post("/flows/", json={"name": "etl"}).status_code == httpx.codes.CREATED
