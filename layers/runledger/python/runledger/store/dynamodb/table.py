"""Calls DynamoDB: reads, queries and conditional writes, with retries and error translation."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import uuid4

from runledger import metering
from runledger.domain.errors import Unavailable
from runledger.parallel import map_in_parallel
from runledger.store.dynamodb import botocore_errors, expressions, large_documents
from runledger.store.dynamodb.errors import (
    ConditionFailed,
    DeadlineExceeded,
    TransactionConflict,
    translate,
)
from runledger.store.dynamodb.large_documents import Assembler
from runledger.store.dynamodb.writes import OPERATIONS, Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from runledger.store.dynamodb.client import JsonClient
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

# The maximum of the random pause, in seconds, after each attempt at a write that met a transaction
# and at a batch that was not read whole: half a second in all, on average. botocore retries other
# transient errors.
PAUSES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32)


class Deadline(NamedTuple):
    """An instant, and the clock to compare it with."""

    at: datetime
    clock: Callable[[], datetime]

    def is_over(self) -> bool:
        return self.clock() >= self.at

    def check(self) -> None:
        """Check that there is time left.

        Raises:
            DeadlineExceeded: there is none.
        """
        if self.is_over():
            raise DeadlineExceeded(f"it is past {self.at}")


class Query(NamedTuple):
    """A query of a partition of the table or of an index, in the order of sort keys.

    `whole`: large documents are completed from their pieces. Not `consistent`: at half the cost.
    """

    where: Condition
    index_name: str | None = None
    reverse: bool = False
    page: int | None = None
    attributes: Sequence[str] = ()
    whole: bool = True
    consistent: bool = True

    def request(self) -> dict[str, Any]:
        """Return the request for the client; an index has no consistent reads."""
        request = expressions.select(self.where, self.attributes)
        request |= {"ScanIndexForward": not self.reverse}
        consistent = {"ConsistentRead": True} if self.consistent else {}
        source = {"IndexName": self.index_name} if self.index_name else consistent
        return request | source | ({"Limit": self.page} if self.page else {})


@dataclass(frozen=True)
class Table:
    """A DynamoDB table."""

    client: DynamoDBClient | JsonClient
    name: str
    pauses: Sequence[float] = field(default=PAUSES)
    deadline: Deadline | None = None

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
            batches = chunks(dict.fromkeys(wanted), MAX_KEYS)
            read = map_in_parallel(lambda batch: list(self._read_batch(batch, attributes)), batches)
            found = [item for batch in read for item in batch]
        completed = self.assembler.each_whole(found) if whole else found
        return {keys.of(item): item for item in completed}

    @property
    def assembler(self) -> Assembler:
        """Completes items that were read without their documents' pieces."""
        return Assembler(lambda wanted: list(map_in_parallel(self._read_one, wanted)))

    def _read_one(self, key: Key) -> Item | None:
        answer = self._call("get_item", Key=expressions.typed(key._asdict()), ConsistentRead=True)
        return expressions.plain(answer["Item"]) if "Item" in answer else None

    def _read_batch(self, wanted: Sequence[Key], attributes: Sequence[str]) -> Iterator[Item]:
        left = [expressions.typed(key._asdict()) for key in wanted]
        for pause in self._pauses():
            request = {"Keys": left, "ConsistentRead": True, **expressions.project(attributes)}
            answer = self._request("batch_get_item", RequestItems={self.name: request})
            yield from map(expressions.plain, answer["Responses"].get(self.name, ()))
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not left:
                return
            time.sleep(pause)
        raise Unavailable(f"{len(left)} of {len(wanted)} keys were not read")

    def query(self, query: Query) -> Iterator[Item]:
        """Yield the items of a query; read each page only when it is needed.

        Each page is twice as long as the one before, so that long results need few calls.
        """
        return chain.from_iterable(self._pages(query))

    def query_each(self, queries: Iterable[Query]) -> Iterator[Iterator[Item]]:
        """Yield the items of each query; the queries run in parallel.

        Only the first page of each is read ahead of its need.
        """

        def begin(query: Query) -> Iterator[Item]:
            pages = self._pages(query)
            return chain(next(pages), chain.from_iterable(pages))

        return map_in_parallel(begin, queries)

    def _pages(self, query: Query) -> Iterator[Iterator[Item]]:
        request = query.request()
        while True:
            answer = self._call("query", **request)
            items = list(map(expressions.plain, answer["Items"]))
            yield self.assembler.each_whole(items) if query.whole else iter(items)
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            if "Limit" in request:
                request["Limit"] = min(2 * request["Limit"], MAX_ENTRIES)

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
        for _ in map_in_parallel(self._write_one, map(Put, pieces)):
            pass
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
        for _ in map_in_parallel(self._write_batch, chunks(writes, MAX_BATCH_WRITES)):
            pass

    def remove_unordered(self, item_keys: Iterable[Key]) -> None:
        """Remove items in any order and in parallel; take only as many keys as are in progress.

        Raises:
            Unavailable: some were not removed; all of them can be removed again.
        """
        for chunk in chunks(item_keys, MAX_BATCHES * MAX_BATCH_WRITES):
            self.write_unordered(list(map(Delete, chunk)))

    def _write_batch(self, writes: Sequence[Put | Delete]) -> None:
        left = [{f"{OPERATIONS[type(write)][1]}Request": write.request()} for write in writes]
        for pause in self._pauses():
            answer = self._request("batch_write_item", RequestItems={self.name: left})
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
        for pause in self._pauses():
            try:
                self._request(operation, **request)
            except TransactionConflict:
                time.sleep(pause)
            else:
                return
        raise Unavailable("the items are contended")

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        return self._request(operation, TableName=self.name, **request)

    def _request(self, operation: str, **request: Any) -> dict[str, Any]:
        if self.deadline:
            self.deadline.check()
        try:
            answer = getattr(self.client, operation)(**request, ReturnConsumedCapacity="TOTAL")
        except botocore_errors.BotoCoreError as error:
            raise Unavailable(str(error)) from error
        except botocore_errors.ClientError as error:
            raise translate(error) from error
        metering.add_call(answer)
        return answer  # type: ignore[no-any-return]

    def _pauses(self) -> Iterator[float]:
        """Yield a pause for each attempt: random, so that conflicting writers don't meet again."""
        return (random.uniform(0, longest) for longest in (*self.pauses, 0))  # noqa: S311


def chunks(elements: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of up to `size` elements; take each element only when it is needed."""
    rest = iter(elements)
    while chunk := list(islice(rest, size)):
        yield chunk
