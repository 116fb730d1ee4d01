"""$disconnect of the WebSocket API: record the disconnect of a client."""

from typing import Any

from runledger import wiring
from runledger.adapters.websocket.handler import ACCEPTED, WebSocketEvent, websocket
from runledger.service.websocket import dispatcher


@websocket
def handler(event: WebSocketEvent) -> dict[str, Any]:
    dispatcher.disconnect(wiring.store(), event.connection_id, event.disconnect)
    return ACCEPTED
