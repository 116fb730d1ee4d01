"""DynamoDB's limits on an answer: 1 MB of a query, 16 MB or 100 keys of a batch, keys left over."""

import json
from typing import Any

import pytest

from runledger.api.queries import MAX_OFFSET
from runledger.domain.errors import Unavailable
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import MAX_KEYS, Query, Table
from runledger.store.schema import indexes, keys
from runledger.store.search.executor import MAX_SORTED
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.search_result import SearchResult
from runledger.store.store import Store
from tests.store.support.calls import Heard, heard, hooked
from tests.store.support.populations import put_numbered
from tests.support.client_events import AnyClient
from tests.support.databases import DynamoDB

SHARDS = 2
KB = 1024
LARGE = ("t" * 200 * KB,)

ALL = Criteria()
PENDING = Criteria.model_validate({"task_runs": {"state": {"type": {"any_": ["PENDING"]}}}})


def find(
    store: Store, criteria: Criteria = ALL, limit: int = MAX_SORTED + 1
) -> SearchResult[list[TaskRun]]:
    page = Page(TaskRunSort.NAME_ASC.order, offset=0, limit=limit)
    found = task_run_searcher(store, criteria, page).find()
    runs = [run.value() for run in found.answer]
    return SearchResult(runs, found.path, found.items_read, found.items_kept)


def answers(calls: Heard, operation: str) -> list[dict[str, Any]]:
    return [answer for name, answer in calls if name == operation]


def test_a_query_of_more_than_a_megabyte_is_read_to_its_end(
    store: Store, dynamodb: DynamoDB
) -> None:
    runs = put_numbered(dynamodb, 24, shards=SHARDS, tags=LARGE)
    with heard(dynamodb.client) as calls:
        assert find(store, PENDING).answer == runs
    assert any("LastEvaluatedKey" in answer for answer in answers(calls, "Query"))


def test_runs_of_more_than_16_megabytes_are_all_read(
    on_dynoxide: DynamoDB,
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    runs = put_numbered(on_dynoxide, 100, shards=SHARDS, tags=LARGE)
    with heard(on_dynoxide.client) as calls:
        assert find(store).answer == runs
    assert any(answer["UnprocessedKeys"] for answer in answers(calls, "BatchGetItem"))


def test_more_runs_than_a_batch_takes_are_read_in_batches(store: Store, dynamodb: DynamoDB) -> None:
    runs = put_numbered(dynamodb, 2 * MAX_KEYS + 1, shards=SHARDS)
    ids = [str(run.id) for run in runs]
    named = Criteria.model_validate({"task_runs": {"id": {"any_": ids}}})
    with heard(dynamodb.client) as calls:
        assert find(store, named).answer == runs
    assert [name for name, _ in calls] == ["BatchGetItem"] * 3


class LeavesOver:
    """Hands back most of what a batch found as if it had not been read, so many times."""

    def __init__(self, times: float) -> None:
        self.left = times

    def __call__(self, *, parsed: dict[str, Any], **_: object) -> None:
        self.left -= 1
        if self.left < 0:
            return
        for table, items in parsed["Responses"].items():
            keys = [{name: item[name] for name in ("pk", "sk")} for item in items[1:]]
            parsed["UnprocessedKeys"] = {table: {"Keys": keys}}
            del items[1:]


def leaving_over(client: AnyClient, times: float = float("inf")) -> Any:  # noqa: ANN401
    return hooked(client, "after-call.dynamodb.BatchGetItem", LeavesOver(times))


@pytest.mark.usefixtures("_no_pauses")
def test_keys_that_a_batch_left_over_are_asked_for_again(store: Store, dynamodb: DynamoDB) -> None:
    runs = put_numbered(dynamodb, 10, shards=SHARDS)
    with leaving_over(dynamodb.client, times=3):
        assert find(store).answer == runs


@pytest.mark.usefixtures("_no_pauses")
def test_a_batch_that_never_ends_is_told_as_unavailable(store: Store, dynamodb: DynamoDB) -> None:
    put_numbered(dynamodb, 10, shards=SHARDS)
    with leaving_over(dynamodb.client), pytest.raises(Unavailable):
        find(store)


def test_what_is_too_much_to_be_sorted_is_found_in_the_order_of_all(
    on_dynoxide: DynamoDB,
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    runs = put_numbered(on_dynoxide, MAX_SORTED + 1, shards=SHARDS)
    found = find(store, PENDING, limit=20)
    assert (found.path, found.answer) == ("all_by_name", runs[:20])


def test_the_last_offset_of_all_is_no_number_too_large_for_dynamodb(
    store: Store, dynamodb: DynamoDB
) -> None:
    asked: list[dict[str, Any]] = []

    def note(*, params: dict[str, Any], **_: object) -> None:
        asked.append(json.loads(params["body"]))

    page = Page(TaskRunSort.NAME_ASC.order, offset=MAX_OFFSET, limit=200)
    with hooked(dynamodb.client, "before-call.dynamodb.Query", note):
        assert task_run_searcher(store, ALL, page).find().answer == []
    assert all(query["Limit"] < 2**31 for query in asked)


@pytest.mark.parametrize(
    ("second_page", "lengths"), [(None, [3, 6, 12, 9]), (2, [3, 2, 4, 8, 13]), (9, [3, 9, 18, 0])]
)
def test_pages_grow_from_the_second_one_on(
    on_dynoxide: DynamoDB, second_page: int | None, lengths: list[int]
) -> None:
    put_numbered(on_dynoxide, 30, shards=1)
    where = in_index(indexes.BY_EXPECTED_START, keys.shard(keys.TASK_RUN, 0), None)
    query = Query(where, indexes.BY_EXPECTED_START.name, page=3, second_page=second_page)
    table = Table(on_dynoxide.client, on_dynoxide.table)
    for read in (table.query, lambda one: next(table.query_each([one]))):
        with heard(on_dynoxide.client) as calls:
            assert len(list(read(query))) == 30
        assert [answer["Count"] for answer in answers(calls, "Query")] == lengths
