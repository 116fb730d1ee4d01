"""Lets the functions of a site have faults at their calls, and repeats what fails by that."""

import json
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, NamedTuple

import pytest

from local.functions import Functions
from local.rest_api.events import Event
from runledger import wiring
from runledger.domain.errors import Unavailable, WriteConflict
from tests.support import declared
from tests.support.databases import TEMPLATE, DynamoDB, items_of, put_back
from tests.support.faults import KINDS, Calls, FaultInjector, ProcessEnded, injected

ENDPOINTS = {route.operation for route in TEMPLATE.routes}
DECLARED = {route.operation for route in declared.ROUTES}
CONSUMERS = {mapping.operation for mapping in TEMPLATE.streams}
# What API Gateway calls for a connection's sake, it calls once: the client has to do more.
ONCE = set(TEMPLATE.websocket_api.routes.values())
# Attempts at one event: each has a fault at another call.
MAX_ATTEMPTS = 200
MAX_ALIKE = 2

# How a client learns that its request was done before: what it deleted or renamed is not found
# again; slots without a lease are taken by each request.
REFUSED_AGAIN = {
    "DELETE": HTTPStatus.NOT_FOUND,
    "PATCH": HTTPStatus.NOT_FOUND,
    "bulk_increment_active_slots": HTTPStatus.LOCKED,
    "increment_concurrency_limits_v1": HTTPStatus.LOCKED,
}

Answer = Any
Call = Callable[[Functions, str, Event], Answer]
# Tells, after each attempt of a function, what does not hold that always should.
Check = Callable[[], Iterable[str]]


class PlaceOfFault(NamedTuple):
    """A call of a function, and how many of each operation there were up to it."""

    function: str
    call: str
    numbers: frozenset[tuple[str, int]]


class Plan:
    """Which call of which function gets which fault: each at the first time that it is made.

    A call is known by those that the function has made before it, in whichever order, since some
    are made side by side. Of many that are alike, as of each item of a list, the first are enough.
    """

    def __init__(self, *kinds: str, only: AbstractSet[str] = frozenset()) -> None:
        """Take the kinds of faults, and the functions that have some: all if none is named."""
        self.covered: set[PlaceOfFault] = set()
        self._kinds = deque(kinds)
        self._only = only

    def choose(self, operation: str, calls: Calls) -> str | None:
        numbers = {call: min(number, MAX_ALIKE) for call, number in Counter(calls).items()}
        place = PlaceOfFault(operation, calls[-1], frozenset(numbers.items()))
        if place in self.covered or (self._only and operation not in self._only):
            return None
        kind = next((kind for kind in self._kinds if calls[-1] in KINDS[kind].of), None)
        if kind:
            self.covered.add(place)
            # The next turn is another kind's.
            self._kinds.remove(kind)
            self._kinds.append(kind)
        return kind


class FaultyFunctions:
    """Calls functions until one attempt has no fault; what each answers is checked."""

    def __init__(
        self, injector: FaultInjector, call: Call, database: DynamoDB, check_after: Check
    ) -> None:
        self._injector, self._call, self._database = injector, call, database
        self._check_after = check_after
        self.wrong: list[str] = []

    def call(self, functions: Functions, operation: str, event: Event) -> Answer:
        if operation in ONCE:
            return self._call_once(functions, operation, event)
        right: Answer = None
        before = items_of(self._database) if _makes_once(operation, event) else None
        for _ in range(MAX_ATTEMPTS):
            answer = self._attempt(functions, operation, event)
            if self._injector.injection is None:
                break
            right = right or self._checked(operation, answer, self._injector.injection.kind)
            event = left_of(operation, event, answer)
        else:
            raise AssertionError(f"{operation} is never done")
        if not _is_refused(answer):
            assert right is None or _size(operation, right) == _size(operation, answer), operation
            return answer
        if before and not right and answer["statusCode"] == HTTPStatus.CONFLICT:
            # An attempt whose answer was lost has made it, as a client has to find out.
            put_back(self._database, before)
            wiring.reset()
            return self._call(functions, operation, event)
        return right or done(operation, event, answer)

    def _checked(self, operation: str, answer: Answer, kind: str) -> Answer:
        """Check what a function answered while it had a fault; return it if it is no refusal."""
        if kind.startswith("ends"):
            wiring.reset()
            return None
        if answer is not None:
            check(operation, answer, kind)
        return None if _is_refused(answer) else answer

    def _call_once(self, functions: Functions, operation: str, event: Event) -> Answer:
        answer = self._attempt(functions, operation, event)
        if answer is None:
            wiring.reset()
            raise RuntimeError("the process has ended")
        return answer

    def _attempt(self, functions: Functions, operation: str, event: Event) -> Answer:
        def overtake() -> None:
            # Another process does it, which shares neither locks nor memories.
            wiring.reset()
            self._call(functions, operation, event)

        with self._injector.attempt(operation, overtake):
            try:
                return self._call(functions, operation, event)
            except ProcessEnded:
                return None
            except Unavailable:
                # Lambda calls it again, or API Gateway answers for it.
                assert self._injector.injection, operation
                assert operation not in ENDPOINTS
                return None
            finally:
                self.wrong += [f"{wrong} after {operation}" for wrong in self._check_after()]


def _makes_once(operation: str, event: Event) -> bool:
    """Whether a request makes a thing with a name that only one can have."""
    conflict = str(int(HTTPStatus.CONFLICT))
    is_declared = operation in DECLARED and conflict in declared.responses(operation)
    return is_declared and event.get("httpMethod") == "POST"


def _size(operation: str, answer: Answer) -> int | None:
    """Count the objects that a function found: an answer in spite of a fault has all."""
    if TEMPLATE.own_environment[operation].get("SCOPE") != "read":
        return None
    if answer["headers"].get("Content-Type", "").startswith("text/csv"):
        return len(answer["body"].splitlines())
    found = json.loads(answer["body"])
    return len(found) if isinstance(found, list) else None


def _is_refused(answer: Answer) -> bool:
    return bool(answer) and answer.get("statusCode", 0) >= HTTPStatus.BAD_REQUEST


def check(operation: str, answer: Mapping[str, Any], kind: str) -> None:
    """Check what a function answered while it had a fault."""
    if operation not in ENDPOINTS:
        return
    status = answer["statusCode"]
    met = f"{operation} answered {status} when {kind}: {answer['body']}"
    assert operation not in DECLARED or str(status) in declared.responses(operation), met
    assert status < HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.SERVICE_UNAVAILABLE, (
        met
    )
    assert not (KINDS[kind].passes and status == HTTPStatus.SERVICE_UNAVAILABLE), met


def done(operation: str, event: Event, answer: Answer) -> Answer:
    """Return what a client makes of the answer to a request that it has sent before."""
    method = event.get("httpMethod", "")
    refused = REFUSED_AGAIN.get(operation) or REFUSED_AGAIN.get(method)
    if refused is None or (answer or {}).get("statusCode") != refused:
        return answer
    success = next(status for status in declared.responses(operation) if status.startswith("2"))
    body = {"200": "[]" if refused == HTTPStatus.LOCKED else "null", "201": "null", "204": ""}
    return answer | {"statusCode": int(success), "body": body[success]}


def left_of(operation: str, event: Event, answer: Answer) -> Event:
    """Return what Lambda sends again: of a stream's batch, what comes from the first failure on."""
    if operation not in CONSUMERS or answer is None:
        return event
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    records = event["Records"]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    first = min((numbers.index(number) for number in failed), default=len(records))
    return {"Records": records[first:]}


class Watch(logging.Handler):
    """Collects the errors that functions log, less those that say that the table is unavailable."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info and record.exc_info[1]
        if error and not isinstance(error, Unavailable | WriteConflict | ProcessEnded):
            self.errors.append(f"{record.getMessage()}: {error!r}")


@contextmanager
def faulty(plan: Plan, database: DynamoDB, check_after: Check = tuple) -> Iterator[None]:
    """Let all functions have the faults of a plan."""
    injector = FaultInjector(plan.choose)
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch, injected(wiring.store().table.client, injector):
        faulty_functions = FaultyFunctions(injector, Functions.call, database, check_after)

        def call(functions: Functions, operation: str, event: Event) -> Answer:
            return faulty_functions.call(functions, operation, event)

        patch.setattr(Functions, "call", call)
        logging.getLogger().addHandler(watch)
        yield
        logging.getLogger().removeHandler(watch)
    assert not watch.errors, json.dumps(watch.errors, indent=1)
    assert not faulty_functions.wrong
