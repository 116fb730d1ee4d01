"""The table's stream: what goes with what was deleted, in its own time."""

from collections.abc import Sequence
from datetime import datetime

from runledger import wiring
from runledger.adapters.stream import Failures, Record, consumer
from runledger.service.stream import cascade_deletes


@consumer
def handler(records: Sequence[Record], now: datetime) -> Failures:
    return cascade_deletes.follow(wiring.store(), records, wiring.removal_deadline(now), now=now)
