"""The sweep of the workers that are gone, at a time of one's own."""

from datetime import timedelta

from runledger import websocket_wiring, wiring
from runledger.service.context import ServiceContext
from runledger.service.websocket import disconnects
from tests.support.streaming import Streaming

LEASE = timedelta(seconds=60)


def sweep(stream: Streaming, *, after: timedelta) -> None:
    """Sweep as the schedule does, later; what that changes is told."""
    context = ServiceContext(wiring.store(), websocket_wiring.connections(), wiring.now() + after)
    disconnects.sweep(context, LEASE)
    stream.pump()
