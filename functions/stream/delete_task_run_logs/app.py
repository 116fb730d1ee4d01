"""The table's stream: counts runs by state, and cascades deletes to logs and other items."""

from collections.abc import Sequence
from datetime import datetime

from runledger import wiring
from runledger.adapters.stream import Failures, Record, consumer
from runledger.service.stream import maintenance


@consumer
def handler(records: Sequence[Record], now: datetime) -> Failures:
    return maintenance.follow(wiring.store(), records, wiring.removal_deadline(now), now=now)
