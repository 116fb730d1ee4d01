"""DynamoDB calls of a client: watched, broken, repeated, or preceded by somebody else's.

All of it happens in botocore's event hooks, so that the code under test is what is deployed.
"""

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple, NoReturn

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.model import OperationModel

from tests.support.client_events import AnyClient, events, in_threads

SOMEWHERE = "http://dynamodb"

Heard = list[tuple[str, dict[str, Any]]]


class Fault(NamedTuple):
    """A fault of a call once botocore has tried in vain: it was not done, or not told."""

    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None


def _is_not_reached() -> NoReturn:
    raise EndpointConnectionError(endpoint_url=SOMEWHERE)


def _is_not_heard() -> NoReturn:
    raise ReadTimeoutError(endpoint_url=SOMEWHERE)


FAULTS = {"not done": Fault(before=_is_not_reached), "not told": Fault(after=_is_not_heard)}


class Refusal(NamedTuple):
    """An answer of DynamoDB's that is none, as it comes over the wire."""

    status: int
    code: str = ""
    reasons: tuple[str, ...] = ()
    message: str = ""

    def answer(self) -> AWSResponse:
        named: dict[str, object] = {"message": self.message} if self.message else {}
        named |= {"__type": f"com.amazonaws.dynamodb.v20120810#{self.code}"} if self.code else {}
        reasons = [{"Code": reason, "Message": self.message} for reason in self.reasons]
        named |= {"CancellationReasons": reasons} if reasons else {}
        body = json.dumps(named)
        return AWSResponse(SOMEWHERE, self.status, HTTPHeaders(), RawBody(body.encode()))


class RawBody(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


# What DynamoDB documents as worth another try, and what a proxy before it may say.
REFUSALS = [
    Refusal(400, "ProvisionedThroughputExceededException"),
    Refusal(400, "ThrottlingException"),
    Refusal(400, "RequestLimitExceeded"),
    Refusal(500, "InternalServerError"),
    Refusal(503, "ServiceUnavailable"),
    Refusal(503),
    Refusal(429),
]
OF_TRANSACTIONS = [
    Refusal(400, "TransactionCanceledException", ("None", "TransactionConflict")),
    Refusal(400, "TransactionCanceledException", ("ThrottlingError", "None")),
    Refusal(400, "TransactionInProgressException"),
]
OF_WRITES = [Refusal(400, "TransactionConflictException")]


@contextmanager
def hooked(client: AnyClient, event: str, handler: Callable[..., object]) -> Iterator[None]:
    emitter = events(client)
    emitter.register_first(event, handler)
    try:
        yield
    finally:
        emitter.unregister(event, handler)


@contextmanager
def heard(client: AnyClient) -> Iterator[Heard]:
    """The calls and their answers, in order."""
    calls: Heard = []

    def note(*, model: OperationModel, parsed: dict[str, Any], **_: object) -> None:
        calls.append((model.name, parsed))

    with hooked(client, "after-call.dynamodb", note):
        yield calls


@contextmanager
def broken(client: AnyClient, fault: Fault, *, first: int) -> Iterator[None]:
    """From the `first` call on, counted from 0, all have the fault."""
    number = itertools.count()

    def before(*, context: dict[str, bool], **_: object) -> None:
        context["is_broken"] = next(number) >= first
        if context["is_broken"]:
            fault.before()

    def after(*, context: dict[str, bool], **_: object) -> None:
        if context["is_broken"]:
            fault.after()

    begins, ends = "before-call.dynamodb", "after-call.dynamodb"
    with hooked(client, begins, before), hooked(client, ends, after):
        yield


@contextmanager
def refused(client: AnyClient, refusal: Refusal, operation: str, *, times: float) -> Iterator[None]:
    """Requests for an operation are refused so many times, botocore's own repetitions included."""
    number = itertools.count()

    def answer(**_: object) -> AWSResponse | None:
        return refusal.answer() if next(number) < times else None

    with hooked(client, f"before-send.dynamodb.{operation}", answer):
        yield


@contextmanager
def sent_twice(client: AnyClient, *, call: int) -> Iterator[None]:
    """One call, counted from 0, is sent twice, as if botocore had not heard the first answer."""
    number = itertools.count()

    def once_more(*, attempts: int, **_: object) -> int | None:
        return 0 if attempts == 1 and next(number) == call else None

    with hooked(client, "needs-retry.dynamodb", once_more):
        yield


class Gauge:
    """The number of calls under way: now, and at most."""

    def __init__(self, awaited: int) -> None:
        self._awaited = awaited
        self._changed = threading.Condition()
        self._now = self.most = self.calls = 0

    def begin(self, **_: object) -> None:
        """Wait a while for the others, so that calls which can be together are."""
        with self._changed:
            self.calls += 1
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._awaited, timeout=1)

    def end(self, **_: object) -> None:
        with self._changed:
            self._now -= 1


@contextmanager
def gauged(client: AnyClient, operation: str, awaited: int) -> Iterator[Gauge]:
    """Calls of an operation, each of which waits a while for so many to be under way."""
    gauge = Gauge(awaited)
    begins, ends = (f"{when}-call.dynamodb.{operation}" for when in ("before", "after"))
    with (
        in_threads(client),
        hooked(client, begins, gauge.begin),
        hooked(client, ends, gauge.end),
    ):
        yield gauge


@contextmanager
def preceded(client: AnyClient, call: int, act: Callable[[], object]) -> Iterator[None]:
    """Somebody else acts right before a call, counted from 0."""
    number = itertools.count()

    def before(**_: object) -> None:
        if next(number) == call:
            act()

    with hooked(client, "before-call.dynamodb", before):
        yield
