"""The costs of a request, its calls of DynamoDB and their capacity; and the key that it showed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any


class Meter:
    """A running sum; `capacity` is in DynamoDB's read and write units together."""

    def __init__(self) -> None:
        """Begin with no call, and no key."""
        self.calls, self.capacity = 0, 0.0
        self.key_name: str | None = None
        self._lock = Lock()

    def add(self, capacity: float) -> None:
        """Add a call of any thread of the request."""
        with self._lock:
            self.calls += 1
            self.capacity += capacity

    def log_fields(self) -> dict[str, object]:
        return {"calls": self.calls, "capacity": round(self.capacity, 1)}


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def measured() -> Iterator[Meter]:
    """Sum up the calls in this thread, and in threads with a copy of its context."""
    meter = Meter()
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def key_name() -> str | None:
    """Return the name of the key that the request of this thread has shown."""
    meter = _meter.get()
    return meter.key_name if meter else None


def add_call(response: Mapping[str, Any]) -> None:
    """Add a call by its response, which has the capacity of one table or a list of them."""
    meter = _meter.get()
    if meter is None:
        return
    consumed = response.get("ConsumedCapacity", ())
    if isinstance(consumed, Mapping):
        meter.add(consumed.get("CapacityUnits", 0.0))
    else:
        meter.add(sum(table.get("CapacityUnits", 0.0) for table in consumed))
