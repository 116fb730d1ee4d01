"""The table's stream: reactions that must follow a change soon."""

from collections.abc import Sequence
from datetime import datetime

from runledger import websocket_wiring, wiring
from runledger.adapters.stream import Failures, Record, consumer
from runledger.service.context import ServiceContext
from runledger.service.stream import reactions


@consumer
def handler(records: Sequence[Record], now: datetime) -> Failures:
    return reactions.react(
        ServiceContext(wiring.store(), websocket_wiring.connections(), now), records
    )
