"""The one place that talks to DynamoDB: reads, pages, conditional writes, and what befalls them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from runledger import metering
from runledger.domain.errors import Unavailable
from runledger.parallel import map_in_parallel
from runledger.store.dynamodb import expressions, large_documents
from runledger.store.dynamodb.errors import DeadlineExceeded, TransactionConflict, translate
from runledger.store.dynamodb.large_documents import Assembler
from runledger.store.dynamodb.writes import OPERATIONS, Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

# AWS limits: keys in a BatchGetItem, writes in a TransactWriteItems and in a BatchWriteItem.
MAX_KEYS = 100
MAX_WRITES = 100
MAX_BATCH_WRITES = 25

# Entries that are asked for at once; DynamoDB sends no more than a megabyte, whatever is asked.
MAX_ENTRIES = 10_000

# Batches of loose writes that are made up at a time, and held in memory.
AT_ONCE = 8

# The longest of the random pauses, in seconds, after each attempt at a write that met a transaction
# and at a batch that was not read whole: half a second in all, on average. What else may pass is
# tried again by botocore.
PAUSES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32)


@dataclass(frozen=True)
class Deadline:
    """An instant, and the clock that tells whether it has come."""

    at: datetime
    clock: Callable[[], datetime]

    def check(self) -> None:
        """Go on while there is time.

        Raises:
            DeadlineExceeded: there is none left.
        """
        if self.clock() >= self.at:
            raise DeadlineExceeded(f"it is past {self.at}")


@dataclass(frozen=True)
class Query:
    """Items of a partition, or entries of an index's, in the order of their sort keys.

    `whole` says that large documents are wanted with what of them is in pieces.
    """

    where: ConditionBase
    index: str | None = None
    reverse: bool = False
    page: int | None = None
    attributes: Sequence[str] = ()
    whole: bool = True

    def request(self) -> dict[str, Any]:
        """Spell it for the client; an index has no consistent reads."""
        asked = expressions.select(self.where, self.attributes)
        asked |= {"ScanIndexForward": not self.reverse}
        source = {"IndexName": self.index} if self.index else {"ConsistentRead": True}
        return asked | source | ({"Limit": self.page} if self.page else {})


@dataclass(frozen=True)
class Table:
    """A DynamoDB table."""

    client: DynamoDBClient
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
        """Return the items that exist, each as last acknowledged, many batches at a time.

        Naming the attributes that are needed, the key's among them, saves parsing the others. What
        of large documents is in pieces is read with them, unless not the `whole` is wanted.
        """
        if len(wanted) == 1:
            item = self._read_one(wanted[0])
            found = [item] if item else []
        else:
            batches = chunks(dict.fromkeys(wanted), MAX_KEYS)
            read = map_in_parallel(lambda some: list(self._read_batch(some, attributes)), batches)
            found = [item for batch in read for item in batch]
        each = self.assembler.each_whole(found) if whole else found
        return {keys.of(item): item for item in each}

    @property
    def assembler(self) -> Assembler:
        """Completes items that were read without what of their documents is in pieces."""
        return Assembler(lambda wanted: list(map_in_parallel(self._read_one, wanted)))

    def _read_one(self, key: Key) -> Item | None:
        answer = self._call("get_item", Key=expressions.typed(key._asdict()), ConsistentRead=True)
        return expressions.plain(answer["Item"]) if "Item" in answer else None

    def _read_batch(self, wanted: Sequence[Key], attributes: Sequence[str]) -> Iterator[Item]:
        left = [expressions.typed(key._asdict()) for key in wanted]
        for pause in self._pauses():
            asked = {"Keys": left, "ConsistentRead": True, **expressions.project(attributes)}
            answer = self._request("batch_get_item", RequestItems={self.name: asked})
            yield from map(expressions.plain, answer["Responses"].get(self.name, ()))
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not left:
                return
            time.sleep(pause)
        raise Unavailable(f"{len(left)} of {len(wanted)} keys were not read")

    def query(self, asked: Query) -> Iterator[Item]:
        """Yield what a query finds, reading a page when it is needed and no sooner.

        Each page is twice as long as the one before, so that few are enough of whatever length.
        """
        return chain.from_iterable(self._pages(asked))

    def query_each(self, asked: Iterable[Query]) -> Iterator[Iterator[Item]]:
        """Yield what each of several queries finds, of which many begin at a time.

        Only the first page of each is read ahead of its need.
        """

        def begin(one: Query) -> Iterator[Item]:
            pages = self._pages(one)
            return chain(next(pages), chain.from_iterable(pages))

        return map_in_parallel(begin, asked)

    def _pages(self, asked: Query) -> Iterator[Iterator[Item]]:
        request = asked.request()
        while True:
            answer = self._call("query", **request)
            items = list(map(expressions.plain, answer["Items"]))
            yield self.assembler.each_whole(items) if asked.whole else iter(items)
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            if "Limit" in request:
                request["Limit"] = min(2 * request["Limit"], MAX_ENTRIES)

    def write(self, *writes: Write) -> None:
        """Do all the writes or none.

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
        """Store what of a large document goes into pieces; return the write of what is left."""
        small, parts = large_documents.divided(write)
        for _ in map_in_parallel(self._write_one, map(Put, parts)):
            pass
        return small

    def write_batches(self, writes: Sequence[Write]) -> None:
        """Do writes of any number in their order, a hundred at a time, each hundred all or none."""
        for batch in chunks(writes, MAX_WRITES):
            self.write(*batch)

    def write_unordered(self, writes: Sequence[Put | Delete]) -> None:
        """Do writes that expect nothing, in any order, many at a time; no two of one item.

        Raises:
            Unavailable: some were not done; all of them can be done again.
        """
        for _ in map_in_parallel(self._write_batch, chunks(writes, MAX_BATCH_WRITES)):
            pass

    def remove_unordered(self, found: Iterable[Key]) -> None:
        """Remove items in any order, many at a time, of which no more than that are looked up.

        Raises:
            Unavailable: some were not removed; all of them can be removed again.
        """
        for some in chunks(found, AT_ONCE * MAX_BATCH_WRITES):
            self.write_unordered(list(map(Delete, some)))

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
        self._write_with_retries(operation, TableName=self.name, **write.request())

    def _write_all(self, writes: Sequence[Write]) -> None:
        named = {"TableName": self.name}
        items = [{OPERATIONS[type(write)][1]: write.request() | named} for write in writes]
        # One token for all attempts: a transaction that was done but not told is not done again.
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
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        except ClientError as error:
            raise translate(error) from error
        metering.add_call(answer)
        return answer  # type: ignore[no-any-return]

    def _pauses(self) -> Iterator[float]:
        """Yield a pause for each attempt: random, so that those who collided part."""
        return (random.uniform(0, longest) for longest in (*self.pauses, 0))  # noqa: S311


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield things so many at a time, taking no more of them than is needed."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk
