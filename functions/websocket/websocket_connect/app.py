"""$connect of the WebSocket API: accept or refuse the handshake."""

from typing import Any

from runledger import wiring
from runledger.adapters import auth
from runledger.adapters.observability import logger
from runledger.adapters.websocket.handler import REFUSED, WebSocketEvent, accept, websocket
from runledger.domain.errors import Unavailable
from runledger.domain.websocket.protocol import SUBPROTOCOL
from runledger.service.websocket import dispatcher


@websocket
def handler(event: WebSocketEvent) -> dict[str, Any]:
    client = dispatcher.Handshake(event.path, event.subprotocols)
    try:
        accepted = dispatcher.connect(
            wiring.store(), event.connection_id, client, is_open=auth.is_open(), now=event.now
        )
    except Unavailable:
        # A task worker exits after a refused handshake. After an accepted one, its first message
        # finds no stored connection: we close it, and the worker connects again.
        if SUBPROTOCOL not in event.subprotocols:
            raise
        logger.exception("the connection was not stored")
        accepted = True
    return accept(event) if accepted else REFUSED
