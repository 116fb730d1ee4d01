"""Counts of a request's DynamoDB calls by the client's own hooks: calls, capacity, entries."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.model import OperationModel

from tests.bench.questions import Loaded, Question
from tests.bench.servers.sides import MeasuredSide
from tests.support.client_events import AnyClient, events

READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}
REQUESTS = 5


@dataclass
class Usage:
    """Of one request, or of the mean of several."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0
    index_entries: float = 0.0

    def add(self, operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        self.calls[operation] += 1
        units = sum(entry["CapacityUnits"] for entry in _consumed(answer))
        if operation in READS:
            self.read_units += units
        else:
            self.write_units += units
        if "IndexName" in request:
            self.index_entries += answer["ScannedCount"]


def usage(client: AnyClient, side: MeasuredSide, question: Question, loaded: Loaded) -> Usage:
    """The mean of some requests."""
    used = []
    for number in range(REQUESTS):
        with metered(client) as one:
            side.prepare(question(loaded, number))()
        used.append(one)
    return mean(used)


def mean(used: Sequence[Usage]) -> Usage:
    """Return the mean units; the calls are those of one, since all make the same."""
    return Usage(
        calls=max((one.calls for one in used), key=Counter.total),
        read_units=_mean([one.read_units for one in used]),
        write_units=_mean([one.write_units for one in used]),
        index_entries=_mean([one.index_entries for one in used]),
    )


@contextmanager
def metered(client: AnyClient) -> Iterator[Usage]:
    """Count what the client asks, until the end of the block."""
    used = Usage()
    with seen(client, used.add):
        yield used


@contextmanager
def seen(client: AnyClient, see: Callable[[str, Any, Any], None]) -> Iterator[None]:
    """Show each call: its operation, its request, and its answer with the capacity of indexes."""

    def ask_for_capacity(
        params: Mapping[str, Any], context: dict[str, Any], **_: object
    ) -> Mapping[str, Any]:
        context["asked"] = params
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    def show(
        parsed: Mapping[str, Any], model: OperationModel, context: Mapping[str, Any], **_: object
    ) -> None:
        see(model.name, context["asked"], parsed)

    hooks: dict[str, Callable[..., Any]] = {
        "provide-client-params.dynamodb": ask_for_capacity,
        "after-call.dynamodb": show,
    }
    emitter = events(client)
    for event, hook in hooks.items():
        emitter.register(event, hook)
    yield
    for event, hook in hooks.items():
        emitter.unregister(event, hook)


def _consumed(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    consumed = answer.get("ConsumedCapacity", [])
    return consumed if isinstance(consumed, list) else [consumed]


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
