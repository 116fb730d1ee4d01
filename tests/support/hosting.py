"""The functions hosted in this process, for HTTP and WebSocket clients that need no server."""

import logging
import os

import httpx

from local.cloudformation.template import Template
from local.functions import Functions
from local.rest_api.gateway import Gateway
from local.rest_api.transport import GatewayTransport
from local.websocket_api import handshake_routing
from local.websocket_api.client import Connector
from local.websocket_api.gateway import WebSocketApi
from runledger.adapters.observability import logger
from tests.support import declared
from tests.support.databases import TEMPLATE
from tests.support.management import Management

# The template's level, which the logger does not know when it is made: before the environment is
# set. Tests of logs see each record (`caplog`); to spell it as JSON for nobody takes a tenth of a
# request.
for _handler in logger.handlers:
    _handler.setLevel(logging.WARNING)


def management_path(management: Management) -> str:
    """Return host and path of the WebSocket API, as the functions' environment has it."""
    return f"{management.address}/{TEMPLATE.websocket_api.stage}"


def http_client(hosted: Template = TEMPLATE) -> httpx.Client:
    """Return a client of every function that answers HTTP; it checks that answers are declared."""
    return httpx.Client(
        transport=GatewayTransport(Gateway(hosted)),
        base_url=f"http://runledger/{TEMPLATE.stage}",
        event_hooks={"response": [declared.check]},
    )


def socket_clients(management: Management) -> Connector:
    """Return what opens connections, once the environment of the functions is set."""
    functions, url = Functions(TEMPLATE), os.environ["WEBSOCKET_URL"]
    websocket_api = management.websocket_api = WebSocketApi(TEMPLATE.websocket_api, functions)
    return Connector(
        websocket_api,
        handshake_routing.follow_redirects(Gateway(TEMPLATE, functions), websocket_api, url),
    )
