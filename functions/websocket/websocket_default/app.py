"""$default of the WebSocket API: dispatch a client's message."""

from typing import Any

from runledger import websocket_wiring, wiring
from runledger.adapters.auth import admits_token
from runledger.adapters.websocket.handler import ACCEPTED, WebSocketEvent, websocket
from runledger.service.context import ServiceContext
from runledger.service.websocket.dispatcher import WebSocketDispatcher


@websocket
def handler(event: WebSocketEvent) -> dict[str, Any]:
    context = ServiceContext(wiring.store(), websocket_wiring.connections(), event.now)
    WebSocketDispatcher(context, admits_token).dispatch(event.connection_id, event.text)
    return ACCEPTED
