"""Calls of DynamoDB: the time that is left, errors as ours, and what a call consumes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from runledger import metering
from runledger.domain.errors import Unavailable
from runledger.parallel import is_in_thread, map_in_parallel
from runledger.store.dynamodb import botocore_errors
from runledger.store.dynamodb.errors import DeadlineExceeded, translate

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from runledger.store.dynamodb.client import JsonClient

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


class Operation(NamedTuple):
    """An operation: the method of either client, and AWS's name."""

    method: str
    name: str


@dataclass(frozen=True)
class TableCalls:
    """Calls of DynamoDB about one table."""

    client: DynamoDBClient | JsonClient
    name: str
    pauses: Sequence[float] = field(default=PAUSES)
    deadline: Deadline | None = None

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        with _translated():
            answer = getattr(self.client, operation)(**self._allowed(request))
        metering.add_call(answer)
        return answer  # type: ignore[no-any-return]

    def call_each(
        self, operation: Operation, requests: Iterable[dict[str, Any]]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the answers to requests that only read; many wait for theirs together."""
        call_each = getattr(self.client, "call_each", None)
        if call_each is None or is_in_thread():
            method, _ = operation
            yield from map_in_parallel(lambda request: self.call(method, **request), requests)
            return
        answers = call_each(operation.name, map(self._allowed, requests))
        with _translated():
            for answer in answers:
                metering.add_call(answer)
                yield answer

    def _allowed(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request with what all have; there must be time for it."""
        if self.deadline:
            self.deadline.check()
        return {**request, "ReturnConsumedCapacity": "TOTAL"}

    def random_pauses(self) -> Iterator[float]:
        """Yield a pause for each attempt: random, so that conflicting writers don't meet again."""
        return (random.uniform(0, longest) for longest in (*self.pauses, 0))  # noqa: S311


@contextmanager
def _translated() -> Iterator[None]:
    """Raise a client's errors as ours."""
    try:
        yield
    except botocore_errors.BotoCoreError as error:
        raise Unavailable(str(error)) from error
    except botocore_errors.ClientError as error:
        raise translate(error) from error
