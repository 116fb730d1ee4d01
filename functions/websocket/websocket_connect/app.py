"""$connect of the WebSocket API: let a client in, or refuse the handshake."""

from typing import Any

from runledger import wiring
from runledger.adapters.auth import admits_token
from runledger.adapters.observability import logger
from runledger.adapters.websocket.handler import REFUSED, WebSocketEvent, accept, websocket
from runledger.domain.errors import Unavailable
from runledger.domain.websocket.protocol import SUBPROTOCOL
from runledger.service.websocket import dispatcher


@websocket
def handler(event: WebSocketEvent) -> dict[str, Any]:
    client = dispatcher.Handshake(event.path, event.subprotocols)
    try:
        begun = dispatcher.connect(
            wiring.store(), event.connection_id, client, admits_token, now=event.now
        )
    except Unavailable:
        # A task worker that is refused ends for good. One that is let in and not known when it
        # first speaks is closed, and comes back.
        if SUBPROTOCOL not in event.subprotocols:
            raise
        logger.exception("the connection was not noted")
        begun = True
    return accept(event) if begun else REFUSED
