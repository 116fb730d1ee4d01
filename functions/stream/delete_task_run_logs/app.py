"""The table's stream: counts runs by state, and cascades deletes to logs and other items."""

from collections.abc import Sequence
from datetime import datetime

from runledger import wiring
from runledger.adapters.stream import Failures, Record, consumer
from runledger.service.stream import cascade_deletes, state_counts, states


@consumer
def handler(records: Sequence[Record], now: datetime) -> Failures:
    store, deadline = wiring.store(), wiring.removal_deadline(now)
    yield from state_counts.count(store, records)
    yield from states.record(store, records)
    yield from cascade_deletes.follow(store, records, deadline, now=now)
