"""$default of the WebSocket API: hear what a client says."""

from typing import Any

from runledger import wiring
from runledger.adapters.auth import admits_token
from runledger.adapters.websocket.handler import ACCEPTED, Event, websocket
from runledger.service.context import Means
from runledger.service.websocket.dispatcher import Ears


@websocket
def handler(event: Event) -> dict[str, Any]:
    means = Means(wiring.store(), wiring.sockets(), event.now)
    Ears(means, admits_token).hear(event.connection_id, event.text)
    return ACCEPTED
