"""Faults of the calls that functions make to DynamoDB: what each kind does to a call.

All of it happens in botocore's event hooks, so that the code under test is what is deployed.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.model import OperationModel
from botocore.retries.quota import RetryQuota

from runledger import wiring
from tests.store.support.calls import SOMEWHERE, RawBody, Refusal, hooked
from tests.support.client_events import AnyClient

Calls = tuple[str, ...]
Body = Mapping[str, Any]

READS = frozenset({"GetItem", "Query", "BatchGetItem"})
SINGLE_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
TRANSACTIONS = frozenset({"TransactWriteItems"})
BATCHES = frozenset({"BatchGetItem", "BatchWriteItem"})
WRITES = SINGLE_WRITES | TRANSACTIONS | {"BatchWriteItem"}
CALLS = READS | WRITES

# What a batch calls the part of a request that it leaves.
LEFT = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}
# Longer than any deadline of a request.
SLOW = timedelta(minutes=1)


class ProcessEnded(BaseException):
    """Lambda ended the process: no code of ours goes on after the call."""


class FaultKind(NamedTuple):
    """A fault of a call of one of the operations `of`.

    refusal: DynamoDB's answer instead of the real one. `lasts`: later calls of the function have
    the fault, too. `passes`: the function must answer as if there was none.
    """

    of: frozenset[str]
    before: Callable[["FaultInjector"], object] = lambda _: None
    after: Callable[["FaultInjector"], object] = lambda _: None
    refusal: Refusal | None = None
    is_divided: bool = False
    lasts: bool = False
    passes: bool = False


def _is_not_heard(_: "FaultInjector") -> None:
    raise ReadTimeoutError(endpoint_url=SOMEWHERE)


def _ends(_: "FaultInjector") -> None:
    raise ProcessEnded


def _takes_long(injector: "FaultInjector") -> None:
    injector.late = SLOW


def _is_overtaken(injector: "FaultInjector") -> None:
    injector.overtake()


THROTTLED = Refusal(400, "ProvisionedThroughputExceededException")
CONFLICT = Refusal(400, "TransactionConflictException")
CANCELLED = Refusal(400, "TransactionCanceledException", ("TransactionConflict",))
# A batch that does nothing, again and again, is what a throttled table answers to one.
STARVED = Refusal(200)

KINDS: Mapping[str, FaultKind] = {
    "throttled": FaultKind(CALLS, refusal=THROTTLED, lasts=True),
    "not heard": FaultKind(CALLS, after=_is_not_heard),
    "ends before": FaultKind(CALLS, before=_ends, lasts=True),
    "ends after": FaultKind(WRITES, after=_ends, lasts=True),
    "late": FaultKind(CALLS, before=_takes_long),
    "overtaken": FaultKind(CALLS, before=_is_overtaken, passes=True),
    "conflict": FaultKind(SINGLE_WRITES, refusal=CONFLICT, passes=True),
    "cancelled": FaultKind(TRANSACTIONS, refusal=CANCELLED, passes=True),
    "contended": FaultKind(SINGLE_WRITES, refusal=CONFLICT, lasts=True),
    "all cancelled": FaultKind(TRANSACTIONS, refusal=CANCELLED, lasts=True),
    "in part": FaultKind(BATCHES, is_divided=True, passes=True),
    "starved": FaultKind(BATCHES, refusal=STARVED, lasts=True),
}


class Injection(NamedTuple):
    """A fault at the last of the calls that a function has made."""

    kind: str
    operation: str
    calls: Calls


# Decides which fault, if any, befalls the last of the calls that a function has made.
Choose = Callable[[str, Calls], str | None]


class FaultInjector:
    """Lets one call of each attempt at a function's work have a fault."""

    def __init__(self, choose: Choose) -> None:
        self.late = timedelta(0)
        self.injection: Injection | None = None
        self.overtake: Callable[[], object] = lambda: None
        self._choose = choose
        self._operation = ""
        self._calls: Calls = ()
        self._counting = threading.Lock()
        self._is_overtaking = False

    @contextmanager
    def attempt(self, operation: str, overtake: Callable[[], object]) -> Iterator[None]:
        """Watch the calls of a function; `overtake` does the same work as somebody else."""
        self._operation, self._calls, self.injection = operation, (), None
        self.overtake = lambda: self._overtake(overtake)
        try:
            yield
        finally:
            self._operation, self.late = "", timedelta(0)

    def _overtake(self, act: Callable[[], object]) -> None:
        self._is_overtaking = True
        try:
            act()
        finally:
            self._is_overtaking = False

    def now(self) -> datetime:
        """The clock by which a function knows its deadline."""
        return datetime.now(UTC) + self.late

    def begin(
        self, *, params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> dict[str, Any] | None:
        """Decide of a call whether it has a fault; a batch may lose a part."""
        with self._counting:
            kind = context["fault"] = self._kind_of(model.name, params)
        if kind and kind.is_divided:
            params, context["left"] = _divided(model.name, params)
            return params
        return None

    def _kind_of(self, call: str, params: Body) -> FaultKind | None:
        if not self._operation or self._is_overtaking:
            return None
        self._calls = (*self._calls, call)
        if self.injection:
            kind = KINDS[self.injection.kind]
            return kind if kind.lasts and call in kind.of else None
        name = self._choose(self._operation, self._calls)
        if name is None or (KINDS[name].is_divided and _size(call, params) == 1):
            return None
        self.injection = Injection(name, self._operation, self._calls)
        return KINDS[name]

    def before(self, *, context: dict[str, Any], **_: object) -> None:
        if kind := context.get("fault"):
            kind.before(self)

    def refuse(
        self, *, request: AWSRequest, model: OperationModel, context: dict[str, Any], **_: object
    ) -> AWSResponse | None:
        """Answer instead of DynamoDB: each attempt, or the first one if the fault passes."""
        kind = context.get("fault")
        if not kind or not kind.refusal:
            return None
        if not kind.lasts:
            context["fault"] = None
        return _starved(model.name, request) if kind.refusal is STARVED else kind.refusal.answer()

    def after(
        self, *, parsed: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        if left := context.get("left"):
            parsed[LEFT[model.name]] = left
        if kind := context.get("fault"):
            kind.after(self)


def _size(call: str, params: Body) -> int:
    (request,) = params["RequestItems"].values()
    return len(request["Keys"] if call == "BatchGetItem" else request)


def _divided(call: str, params: Body) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a batch's request for its first half, and what it leaves as DynamoDB tells it."""
    ((table, request),) = params["RequestItems"].items()
    middle = _size(call, params) // 2
    if call == "BatchGetItem":
        keys = request["Keys"]
        first, rest = ({**request, "Keys": some} for some in (keys[:middle], keys[middle:]))
    else:
        first, rest = request[:middle], request[middle:]
    return {**params, "RequestItems": {table: first}}, {table: rest}


def _starved(call: str, request: AWSRequest) -> AWSResponse:
    """Answer that nothing of a batch was done."""
    left = {LEFT[call]: json.loads(request.body)["RequestItems"], "Responses": {}}
    return AWSResponse(SOMEWHERE, 200, HTTPHeaders(), RawBody(json.dumps(left).encode()))


Hook = Callable[[threading.ExceptHookArgs], object]


def _unless_ended(hook: Hook) -> Hook:
    """Let threads that nobody waits for end with their process, unseen."""
    return lambda ended: ended.exc_type is ProcessEnded or hook(ended)


@contextmanager
def injected(client: AnyClient, injector: FaultInjector) -> Iterator[None]:
    """Inject faults into a client's calls, and into the clock of its deadlines."""
    handlers: dict[str, Callable[..., object]] = {
        "provide-client-params": injector.begin,
        "before-call": injector.before,
        "before-send": injector.refuse,
        "after-call": injector.after,
    }
    with ExitStack() as stack:
        for event, handler in handlers.items():
            stack.enter_context(hooked(client, f"{event}.dynamodb", handler))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(wiring, "now", injector.now)
        patch.setattr(threading, "excepthook", _unless_ended(threading.excepthook))
        # Failures in a row end a client's own attempts, which are needed again for the next one.
        patch.setattr(RetryQuota, "acquire", lambda *_: True)
        yield
