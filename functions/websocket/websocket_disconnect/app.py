"""$disconnect of the WebSocket API: forget a client, and let others have what it held."""

from typing import Any

from runledger import wiring
from runledger.adapters.websocket.handler import ACCEPTED, WebSocketEvent, websocket
from runledger.service.websocket import dispatcher


@websocket
def handler(event: WebSocketEvent) -> dict[str, Any]:
    dispatcher.disconnect(wiring.store(), event.connection_id, event.disconnect)
    return ACCEPTED
