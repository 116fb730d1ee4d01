"""The table's stream: counts runs by state, and cascades deletes to logs and other items."""

from collections.abc import Sequence
from datetime import datetime

from runledger import wiring
from runledger.adapters.observability import publish
from runledger.adapters.stream import Failures, Record, consumer
from runledger.service import run_metrics
from runledger.service.stream import maintenance
from runledger.settings import settings


@consumer
def handler(records: Sequence[Record], now: datetime) -> Failures:
    changes = maintenance.changes_of(records)
    if settings().run_metrics == "on":
        publish(run_metrics.entered_states(changes))
    return maintenance.follow(wiring.store(), changes, wiring.removal_deadline(now), now=now)
