"""DynamoDB calls of a client: watched, broken, repeated, or preceded by somebody else's.

All of it happens in botocore's event hooks, so that the code under test is what is deployed.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.model import OperationModel
from mypy_boto3_dynamodb import DynamoDBClient

SOMEWHERE = "http://dynamodb"

Parsed = dict[str, Any]
Answer = tuple[AWSResponse, Parsed]
Before = Callable[[str], Answer | None]
After = Callable[[str], None]


def _nothing(_: str) -> None:
    return None


class Fault(NamedTuple):
    """What befalls a call: before it is sent, which an answer forestalls, or after it was done."""

    before: Before = _nothing
    after: After = _nothing


def _error(operation: str, status: int, code: str) -> Parsed:
    return {
        "Error": {"Code": code, "Message": f"injected into {operation}"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }


def _answers(status: int, code: str) -> Before:
    return lambda operation: (_http(status), _error(operation, status, code))


def _http(status: int) -> AWSResponse:
    return AWSResponse(SOMEWHERE, status, HTTPHeaders(), None)


def _conflicts(operation: str) -> Answer:
    # Transactions are cancelled with reasons, other writes refused; reads are held up by load.
    codes = {
        "TransactWriteItems": "TransactionCanceledException",
        "PutItem": "TransactionConflictException",
        "DeleteItem": "TransactionConflictException",
    }
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    error = _error(operation, 400, codes.get(operation, "ThrottlingException"))
    return _http(400), error | {"CancellationReasons": reasons}


def _is_unreachable(_: str) -> NoReturn:
    raise EndpointConnectionError(endpoint_url=SOMEWHERE)


def _is_not_heard(_: str) -> NoReturn:
    raise ReadTimeoutError(endpoint_url=SOMEWHERE)


def _fails_when_done(operation: str) -> NoReturn:
    raise ClientError(_error(operation, 500, "InternalServerError"), operation)  # type: ignore[arg-type]


FAULTS = {
    "unreachable": Fault(before=_is_unreachable),
    "done, answer lost": Fault(after=_is_not_heard),
    "done, internal error": Fault(after=_fails_when_done),
    "throttled": Fault(before=_answers(400, "ProvisionedThroughputExceededException")),
    "contended": Fault(before=_conflicts),
    "internal error": Fault(before=_answers(500, "InternalServerError")),
    "503 without a body": Fault(before=_answers(503, "503")),  # what botocore makes of one
}


@contextmanager
def hooked(client: DynamoDBClient, event: str, handler: Callable[..., object]) -> Iterator[None]:
    events: Any = client.meta.events  # its stubs know handlers of no answer only
    events.register_first(f"{event}.dynamodb", handler)
    try:
        yield
    finally:
        events.unregister(f"{event}.dynamodb", handler)


@contextmanager
def recorded(client: DynamoDBClient) -> Iterator[list[str]]:
    """The names of the calls, in order."""
    names: list[str] = []

    def note(*, model: OperationModel, **_: object) -> None:
        names.append(model.name)

    with hooked(client, "before-call", note):
        yield names


@contextmanager
def answers(client: DynamoDBClient) -> Iterator[list[tuple[str, Parsed]]]:
    """The names of the calls with what was answered, in order."""
    heard: list[tuple[str, Parsed]] = []

    def note(*, model: OperationModel, parsed: Parsed, **_: object) -> None:
        heard.append((model.name, parsed))

    with hooked(client, "after-call", note):
        yield heard


@contextmanager
def broken(
    client: DynamoDBClient, fault: Fault, *, first: int, last: float = float("inf")
) -> Iterator[None]:
    """From the `first` call to the `last`, counted from 0, all have the fault."""
    number = itertools.count()

    def before(*, model: OperationModel, context: dict[str, bool], **_: object) -> Answer | None:
        context["is_broken"] = first <= next(number) <= last
        return fault.before(model.name) if context["is_broken"] else None

    def after(*, model: OperationModel, context: dict[str, bool], **_: object) -> None:
        if context["is_broken"]:
            fault.after(model.name)

    with hooked(client, "before-call", before), hooked(client, "after-call", after):
        yield


@contextmanager
def repeated(client: DynamoDBClient) -> Iterator[None]:
    """Every request is sent twice, as botocore does when it has not heard the first answer."""

    def once_more(*, attempts: int, **_: object) -> int | None:
        return 0 if attempts == 1 else None

    with hooked(client, "needs-retry", once_more):
        yield


@contextmanager
def preceded(client: DynamoDBClient, call: int, act: Callable[[], object]) -> Iterator[None]:
    """Somebody else acts right before a call, counted from 0."""
    number = itertools.count()

    def before(**_: object) -> None:
        if next(number) == call:
            act()

    with hooked(client, "before-call", before):
        yield
