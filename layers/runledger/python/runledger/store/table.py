"""The one place that talks to DynamoDB: reads, pages, conditional writes, and what befalls them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from runledger import metering
from runledger.domain.errors import Unavailable
from runledger.store import expressions, keys
from runledger.store.deadlines import Deadline
from runledger.store.failures import Cancelled, meaning
from runledger.store.keys import Key
from runledger.store.threads import map_at_once
from runledger.store.writes import OPERATIONS, Delete, Item, Put, Write

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

# AWS limits: keys in a BatchGetItem, writes in a TransactWriteItems and in a BatchWriteItem.
MOST_KEYS = 100
MOST_WRITES = 100
MOST_LOOSE_WRITES = 25

# Entries that are asked for at once; DynamoDB sends no more than a megabyte, whatever is asked.
MOST_ENTRIES = 10_000

# Batches of loose writes under way at a time.
AT_ONCE = 8

# The longest of the random pauses, in seconds, after each attempt at a write that met a transaction
# and at a batch that was not read whole: half a second in all, on average. What else may pass is
# tried again by botocore.
PAUSES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32)


@dataclass(frozen=True)
class Query:
    """Items of a partition, or entries of an index's, in the order of their sort keys."""

    where: ConditionBase
    index: str | None = None
    reverse: bool = False
    page: int | None = None
    attributes: Sequence[str] = ()

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

    def until(self, deadline: Deadline) -> Table:
        """Return the table for calls that begin before the deadline: later ones raise `Late`."""
        return replace(self, deadline=deadline)

    def read(self, key: Key) -> Item | None:
        """Return the item as last acknowledged, or None."""
        answer = self._call("get_item", Key=expressions.typed(key._asdict()), ConsistentRead=True)
        return expressions.plain(answer["Item"]) if "Item" in answer else None

    def read_many(self, wanted: Sequence[Key], attributes: Sequence[str] = ()) -> dict[Key, Item]:
        """Return the items that exist, each as last acknowledged, many batches at a time.

        Naming the attributes that are needed, the key's among them, saves parsing the others.
        """
        if len(wanted) == 1:
            item = self.read(wanted[0])
            return {wanted[0]: item} if item else {}

        def read(some: Sequence[Key]) -> list[Item]:
            return list(self._read_batch(some, attributes))

        batches = map_at_once(read, chunks(dict.fromkeys(wanted), MOST_KEYS))
        return {keys.of(item): item for batch in batches for item in batch}

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

        return map_at_once(begin, asked)

    def _pages(self, asked: Query) -> Iterator[Iterator[Item]]:
        request = asked.request()
        while True:
            answer = self._call("query", **request)
            yield map(expressions.plain, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            if "Limit" in request:
                request["Limit"] = min(2 * request["Limit"], MOST_ENTRIES)

    def write(self, *writes: Write) -> None:
        """Do all the writes or none.

        Raises:
            Refused: a condition does not hold.
            TooLarge: an item is above 400 KB.
            Unavailable: contention or throttling outlasted the attempts.
        """
        if len(writes) == 1:
            self._write_one(writes[0])
        else:
            self._write_all(writes)

    def write_batches(self, writes: Sequence[Write]) -> None:
        """Do writes of any number in their order, a hundred at a time, each hundred all or none."""
        for batch in chunks(writes, MOST_WRITES):
            self.write(*batch)

    def write_loosely(self, writes: Sequence[Put | Delete]) -> None:
        """Do writes that expect nothing, in any order, many at a time; no two of one item.

        Raises:
            Unavailable: some were not done; all of them can be done again.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            # Each in a copy of the context, where the meter is.
            begun = [
                pool.submit(copy_context().run, self._write_batch, batch)
                for batch in chunks(writes, MOST_LOOSE_WRITES)
            ]
        for batch in begun:
            batch.result()

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
        self._insist(operation, TableName=self.name, **write.request())

    def _write_all(self, writes: Sequence[Write]) -> None:
        named = {"TableName": self.name}
        items = [{OPERATIONS[type(write)][1]: write.request() | named} for write in writes]
        # One token for all attempts: a transaction that was done but not told is not done again.
        token = str(uuid4())
        self._insist("transact_write_items", TransactItems=items, ClientRequestToken=token)

    def _insist(self, operation: str, **request: Any) -> None:
        for pause in self._pauses():
            try:
                self._request(operation, **request)
            except Cancelled:
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
            raise meaning(error) from error
        metering.note(answer)
        return answer  # type: ignore[no-any-return]

    def _pauses(self) -> Iterator[float]:
        """Yield a pause for each attempt: random, so that those who collided part."""
        return (random.uniform(0, longest) for longest in (*self.pauses, 0))  # noqa: S311


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield things so many at a time, taking no more of them than is needed."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk
