"""The context of services that WebSocket messages and stream records call."""

from datetime import datetime
from typing import NamedTuple

from runledger.service.connections import Connections
from runledger.store.store import Store


class ServiceContext(NamedTuple):
    """The store, the WebSocket connections and the time."""

    store: Store
    connections: Connections
    now: datetime
