"""The one place that talks to DynamoDB: reads, pages, conditional writes, and what befalls them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from runledger.domain.errors import TooLarge, Unavailable
from runledger.store import expressions, keys
from runledger.store.keys import Key

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
T = TypeVar("T")

# AWS limits: keys in a BatchGetItem, writes in a TransactWriteItems.
MOST_KEYS = 100
MOST_WRITES = 100

# The longest of the random pauses, in seconds, after each attempt at a transaction that met another
# one and at a batch that was not read whole: half a second in all, on average. What else may pass
# is tried again by botocore.
PAUSES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32)

PASSING = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
    }
)
CANCELLED = "TransactionCanceledException"
REFUSED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})


@dataclass(frozen=True)
class Put:
    """Write a whole item, if what is there now is as expected."""

    item: Item
    expect: ConditionBase | None = None

    def request(self) -> dict[str, Any]:
        """Spell it for the client."""
        return {"Item": expressions.typed(self.item)} | _expecting(self.expect)


@dataclass(frozen=True)
class Delete:
    """Remove an item, if what is there now is as expected."""

    key: Key
    expect: ConditionBase | None = None

    def request(self) -> dict[str, Any]:
        """Spell it for the client."""
        return {"Key": expressions.typed(self.key._asdict())} | _expecting(self.expect)


Write = Put | Delete


def _expecting(condition: ConditionBase | None) -> dict[str, Any]:
    if condition is None:
        return {}
    return expressions.expect(condition) | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


class Cancelled(Unavailable):
    """A transaction met another one, or too little capacity; the next attempt may not."""


class Refused(Exception):  # noqa: N818 - an answer to a write, not a fault
    """A write met something else than it expected; nothing was written.

    `met` has an entry for each write: whether it was refused and, if so, the item it met.
    """

    def __init__(self, met: Sequence[tuple[bool, Item | None]]) -> None:
        """Keep what was met."""
        super().__init__(met)
        self.met = met


@dataclass(frozen=True)
class Query:
    """Items of a partition, or entries of an index's, in the order of their sort keys."""

    where: ConditionBase
    index: str | None = None
    reverse: bool = False
    page: int | None = None

    def request(self) -> dict[str, Any]:
        """Spell it for the client; an index has no consistent reads."""
        asked = expressions.select(self.where) | {"ScanIndexForward": not self.reverse}
        source = {"IndexName": self.index} if self.index else {"ConsistentRead": True}
        return asked | source | ({"Limit": self.page} if self.page else {})


@dataclass(frozen=True)
class Table:
    """A DynamoDB table."""

    client: DynamoDBClient
    name: str
    pauses: Sequence[float] = field(default=PAUSES)

    def read(self, key: Key) -> Item | None:
        """Return the item as last acknowledged, or None."""
        answer = self._call("get_item", Key=expressions.typed(key._asdict()), ConsistentRead=True)
        return expressions.plain(answer["Item"]) if "Item" in answer else None

    def read_many(self, wanted: Sequence[Key]) -> dict[Key, Item]:
        """Return the items that exist, each as last acknowledged."""
        found: dict[Key, Item] = {}
        for some in _batches(list(dict.fromkeys(wanted)), MOST_KEYS):
            for item in self._read_batch(some):
                found[keys.of(item)] = item
        return found

    def _read_batch(self, wanted: Sequence[Key]) -> Iterator[Item]:
        left = [expressions.typed(key._asdict()) for key in wanted]
        for pause in self._pauses():
            asked = {self.name: {"Keys": left, "ConsistentRead": True}}
            answer = self._request("batch_get_item", RequestItems=asked)
            yield from map(expressions.plain, answer["Responses"].get(self.name, ()))
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not left:
                return
            time.sleep(pause)
        raise Unavailable(f"{len(left)} of {len(wanted)} keys were not read")

    def query(self, asked: Query) -> Iterator[Item]:
        """Yield what a query finds, reading a page when it is needed and no sooner."""
        request = asked.request()
        while True:
            answer = self._call("query", **request)
            yield from map(expressions.plain, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

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
        for batch in _batches(writes, MOST_WRITES):
            self.write(*batch)

    def _write_one(self, write: Write) -> None:
        operation = "put_item" if isinstance(write, Put) else "delete_item"
        self._call(operation, **write.request())

    def _write_all(self, writes: Sequence[Write]) -> None:
        named = {"TableName": self.name}
        items = [{type(write).__name__: write.request() | named} for write in writes]
        # One token for all attempts: a transaction that was done but not told is not done again.
        token = str(uuid4())
        for pause in self._pauses():
            try:
                self._request("transact_write_items", TransactItems=items, ClientRequestToken=token)
            except Cancelled:
                time.sleep(pause)
            else:
                return
        raise Unavailable("the items are contended")

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        return self._request(operation, TableName=self.name, **request)

    def _request(self, operation: str, **request: Any) -> dict[str, Any]:
        try:
            return getattr(self.client, operation)(**request)  # type: ignore[no-any-return]
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        except ClientError as error:
            raise _meaning(error) from error

    def _pauses(self) -> Iterator[float]:
        """Yield a pause for each attempt: random, so that those who collided part."""
        return (random.uniform(0, longest) for longest in (*self.pauses, 0))  # noqa: S311


def _meaning(error: ClientError) -> Exception:
    """Return what an error of DynamoDB's means to those who called."""
    told: Mapping[str, Any] = error.response
    reasons = told.get("CancellationReasons") or [{"Code": _code(error), **told}]
    codes = {str(reason.get("Code")) for reason in reasons}
    if codes & REFUSED:
        return Refused([(reason.get("Code") in REFUSED, _met(reason)) for reason in reasons])
    if "Item size" in str(error):
        return TooLarge(str(error))
    if codes & PASSING:
        cancelled = _code(error) == CANCELLED
        return Cancelled(str(error)) if cancelled else Unavailable(str(error))
    return error


def _met(reason: Mapping[str, Any]) -> Item | None:
    return expressions.plain(reason["Item"]) if reason.get("Item") else None


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))
