"""The table's stream: cascades deletes to logs and other items, at its own pace."""

from collections.abc import Sequence
from datetime import datetime

from runledger import wiring
from runledger.adapters.stream import Failures, Record, consumer
from runledger.service.stream import cascade_deletes


@consumer
def handler(records: Sequence[Record], now: datetime) -> Failures:
    return cascade_deletes.follow(wiring.store(), records, wiring.removal_deadline(now), now=now)
