"""$default of the WebSocket API: dispatch a client's message."""

from datetime import timedelta
from functools import partial
from typing import Any

from runledger import websocket_wiring, wiring
from runledger.adapters import auth
from runledger.adapters.websocket.handler import ACCEPTED, WebSocketEvent, websocket
from runledger.domain.access import Caller
from runledger.service import api_keys
from runledger.service.context import ServiceContext
from runledger.service.websocket.dispatcher import WebSocketDispatcher

# A key that was revoked a moment ago opens no connection: it might stay for hours.
NOW = timedelta(0)


@websocket
def handler(event: WebSocketEvent) -> dict[str, Any]:
    context = ServiceContext(wiring.store(), websocket_wiring.connections(), event.now)

    def find_caller(secret: str) -> Caller | None:
        return api_keys.admit_caller(context.store, secret, event.now, max_age=NOW)

    authenticate = partial(auth.authenticate_token, find_caller=find_caller)
    event.principal = WebSocketDispatcher(context, authenticate).dispatch(
        event.connection_id, event.text
    )
    return ACCEPTED
