"""$connect of the WebSocket API: let a client in, or refuse the handshake."""

from typing import Any

from runledger import wiring
from runledger.adapters.auth import admits_token
from runledger.adapters.websocket import REFUSED, Event, accept, websocket
from runledger.service import conversations


@websocket
def handler(event: Event) -> dict[str, Any]:
    client = conversations.Client(event.path, event.subprotocols)
    begun = conversations.begin(
        wiring.store(), event.connection_id, client, admits_token, now=event.now
    )
    return accept(event) if begun else REFUSED
