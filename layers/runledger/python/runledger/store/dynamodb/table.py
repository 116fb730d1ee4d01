"""Calls DynamoDB: reads, queries and conditional writes, with retries and error translation."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import uuid4

from runledger.domain.errors import Unavailable
from runledger.parallel import map_in_parallel, run_in_parallel
from runledger.store.dynamodb import expressions, large_documents
from runledger.store.dynamodb.calls import Deadline, Operation, TableCalls
from runledger.store.dynamodb.errors import ConditionFailed, TransactionConflict
from runledger.store.dynamodb.large_documents import Assembler
from runledger.store.dynamodb.writes import OPERATIONS, Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from runledger.store.dynamodb.conditions import Condition

T = TypeVar("T")

# AWS limits: keys in a BatchGetItem, writes in a TransactWriteItems and in a BatchWriteItem.
MAX_KEYS = 100
MAX_WRITES = 100
MAX_BATCH_WRITES = 25

# Entries of a page; DynamoDB sends at most a megabyte, whatever the limit is.
MAX_ENTRIES = 10_000

# Batches of unordered writes that are held in memory at a time.
MAX_BATCHES = 8


class Query(NamedTuple):
    """A query of a partition of the table or of an index, in the order of sort keys.

    `whole`: large documents are completed from their pieces. Not `consistent`: at half the cost.
    A `page` is followed by a `second_page`, or by one twice as long.
    """

    where: Condition
    index_name: str | None = None
    reverse: bool = False
    page: int | None = None
    attributes: Sequence[str] = ()
    whole: bool = True
    consistent: bool = True
    second_page: int | None = None

    def request(self) -> dict[str, Any]:
        """Return the request for the client; an index has no consistent reads."""
        request = expressions.select(self.where, self.attributes)
        request |= {"ScanIndexForward": not self.reverse}
        consistent = {"ConsistentRead": True} if self.consistent else {}
        source = {"IndexName": self.index_name} if self.index_name else consistent
        return request | source | ({"Limit": self.page} if self.page else {})


QUERY, BATCH_GET_ITEM = Operation("query", "Query"), Operation("batch_get_item", "BatchGetItem")


class Table(TableCalls):
    """A DynamoDB table."""

    def with_deadline(self, deadline: Deadline) -> Table:
        """Return the table whose calls raise `DeadlineExceeded` once the deadline is over."""
        return replace(self, deadline=deadline)

    def read(self, key: Key) -> Item | None:
        """Return the item as last acknowledged, or None."""
        item = self._read_one(key)
        return self.assembler.whole(item) if item else None

    def read_many(
        self, wanted: Sequence[Key], attributes: Sequence[str] = (), *, whole: bool = True
    ) -> dict[Key, Item]:
        """Return the items that exist, each as last acknowledged; batches are read in parallel.

        `attributes`, if given, must include the key's; the other attributes are not parsed. Large
        documents are completed from their pieces if `whole`.
        """
        if len(wanted) == 1:
            item = self._read_one(wanted[0])
            found = [item] if item else []
        else:
            found = list(self._read_batches(wanted, attributes))
        completed = self.assembler.each_whole(found) if whole else found
        return {keys.of(item): item for item in completed}

    @property
    def assembler(self) -> Assembler:
        """Completes items that were read without their documents' pieces."""
        return Assembler(lambda wanted: list(map_in_parallel(self._read_one, wanted)))

    def _read_one(self, key: Key) -> Item | None:
        answer = self.call(
            "get_item",
            TableName=self.name,
            Key=expressions.typed(key._asdict()),
            ConsistentRead=True,
        )
        return expressions.plain(answer["Item"]) if "Item" in answer else None

    def _read_batches(self, wanted: Sequence[Key], attributes: Sequence[str]) -> Iterator[Item]:
        batches = chunks(dict.fromkeys(wanted), MAX_KEYS)
        for answer in self.call_each(BATCH_GET_ITEM, map(self._batch(attributes), batches)):
            yield from self._whole_batch(answer)

    def _batch(self, attributes: Sequence[str]) -> Callable[[Sequence[Key]], dict[str, Any]]:
        """Return what makes the request for some items of their keys."""
        options = {"ConsistentRead": True, **expressions.project(attributes)}

        def request(wanted: Sequence[Key]) -> dict[str, Any]:
            typed = [expressions.typed(key._asdict()) for key in wanted]
            return {"RequestItems": {self.name: {"Keys": typed, **options}}}

        return request

    def _whole_batch(self, answer: Mapping[str, Any]) -> Iterator[Item]:
        """Yield the items of an answer, and those that DynamoDB has left for later requests."""
        for pause in self.random_pauses():
            yield from map(expressions.plain, answer["Responses"].get(self.name, ()))
            if not (left := answer.get("UnprocessedKeys")):
                return
            time.sleep(pause)
            answer = self.call("batch_get_item", RequestItems=left)
        raise Unavailable("some keys were not read")

    def query(self, query: Query) -> Iterator[Item]:
        """Yield the items of a query; read each page only when it is needed.

        Each page is twice as long as the one before, so that long results need few calls.
        """
        request = {"TableName": self.name, **query.request()}
        answers = self._answers(request, second_page=query.second_page)
        return chain.from_iterable(self._pages(query, answers))

    def query_each(self, queries: Iterable[Query]) -> Iterator[Iterator[Item]]:
        """Yield the items of each query; the queries run in parallel.

        Only the first page of each is read ahead of its need.
        """
        for query, answers in self._answers_each(queries):
            yield chain.from_iterable(self._pages(query, answers))

    def typed_pages_each(
        self, queries: Iterable[Mapping[str, Any]]
    ) -> Iterator[Iterator[list[Item]]]:
        """Yield the pages of queries by their requests; the items have DynamoDB's type tags."""
        requests = [{"TableName": self.name, **query} for query in queries]
        for request, answer in zip(requests, self.call_each(QUERY, requests), strict=True):
            yield (page["Items"] for page in self._answers(request, answer))

    def _pages(
        self, query: Query, answers: Iterator[Mapping[str, Any]]
    ) -> Iterator[Iterator[Item]]:
        for answer in answers:
            items = list(map(expressions.plain, answer["Items"]))
            yield self.assembler.each_whole(items) if query.whole else iter(items)

    def _answers_each(
        self, queries: Iterable[Query]
    ) -> Iterator[tuple[Query, Iterator[Mapping[str, Any]]]]:
        begun: deque[tuple[Query, dict[str, Any]]] = deque()

        def requests() -> Iterator[dict[str, Any]]:
            for query in queries:
                request = {"TableName": self.name, **query.request()}
                begun.append((query, request))
                yield request

        for answer in self.call_each(QUERY, requests()):
            query, request = begun.popleft()
            yield query, self._answers(request, answer, query.second_page)

    def _answers(
        self,
        request: dict[str, Any],
        answer: Mapping[str, Any] | None = None,
        second_page: int | None = None,
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the answers to a query, of which the first may be there already."""
        while True:
            answer = answer or self.call("query", **request)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"], answer = answer["LastEvaluatedKey"], None
            if "Limit" in request:
                request["Limit"] = min(second_page or 2 * request["Limit"], MAX_ENTRIES)
                second_page = None

    def write(self, *writes: Write) -> None:
        """Write all or nothing.

        Raises:
            ConditionFailed: a condition does not hold.
            TooLarge: an item is above 400 KB.
            Unavailable: contention or throttling outlasted the attempts.
        """
        divided = [self._divided(write) for write in writes]
        if len(divided) == 1:
            self._write_one(divided[0])
        else:
            self._write_all(divided)

    def _divided(self, write: Write) -> Write:
        """Store the pieces of a large document; return the write of the rest."""
        small, pieces = large_documents.divide_write(write)
        run_in_parallel(self._write_one, map(Put, pieces))
        return small

    def write_batches(self, writes: Sequence[Write]) -> None:
        """Write any number of writes in their order: each hundred is a transaction."""
        for batch in chunks(writes, MAX_WRITES):
            self.write(*batch)

    def write_unordered(self, writes: Sequence[Put | Delete]) -> None:
        """Write without conditions, in any order and in parallel; no two writes of one item.

        Raises:
            Unavailable: some writes failed; all of them can be repeated.
        """
        run_in_parallel(self._write_batch, chunks(writes, MAX_BATCH_WRITES))

    def remove_unordered(self, item_keys: Iterable[Key]) -> None:
        """Remove items in any order and in parallel; take only as many keys as are in progress.

        Raises:
            Unavailable: some were not removed; all of them can be removed again.
        """
        for chunk in chunks(item_keys, MAX_BATCHES * MAX_BATCH_WRITES):
            self.write_unordered(list(map(Delete, chunk)))

    def _write_batch(self, writes: Sequence[Put | Delete]) -> None:
        left = [{f"{OPERATIONS[type(write)][1]}Request": write.request()} for write in writes]
        for pause in self.random_pauses():
            answer = self.call("batch_write_item", RequestItems={self.name: left})
            left = answer.get("UnprocessedItems", {}).get(self.name, [])
            if not left:
                return
            time.sleep(pause)
        raise Unavailable(f"{len(left)} of {len(writes)} items were not written")

    def _write_one(self, write: Write) -> None:
        operation, _ = OPERATIONS[type(write)]
        try:
            self._write_with_retries(operation, TableName=self.name, **write.request())
        except ConditionFailed as failed:
            # A transaction has a token for this; a single write is recognized by its item.
            ((_, met),) = failed.met
            is_own = isinstance(write, Put) and failed.is_repeated and write.is_stored_as(met)
            if not is_own:
                raise

    def _write_all(self, writes: Sequence[Write]) -> None:
        table = {"TableName": self.name}
        items = [{OPERATIONS[type(write)][1]: write.request() | table} for write in writes]
        # One token for all attempts: a transaction whose response was lost is not repeated.
        token = str(uuid4())
        self._write_with_retries(
            "transact_write_items", TransactItems=items, ClientRequestToken=token
        )

    def _write_with_retries(self, operation: str, **request: Any) -> None:
        for pause in self.random_pauses():
            try:
                self.call(operation, **request)
            except TransactionConflict:
                time.sleep(pause)
            else:
                return
        raise Unavailable("the items are contended")


def chunks(elements: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of up to `size` elements; take each element only when it is needed."""
    rest = iter(elements)
    while chunk := list(islice(rest, size)):
        yield chunk
