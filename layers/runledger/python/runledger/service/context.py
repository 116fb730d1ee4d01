"""What reactions and conversations work with."""

from datetime import datetime
from typing import NamedTuple

from runledger.adapters.websocket.connections import Sockets
from runledger.store.store import Store


class Means(NamedTuple):
    """What is stored, the clients that are connected, and what time it is."""

    store: Store
    sockets: Sockets
    now: datetime
