"""The WebSocket connections, made once, at the first use; functions without them import less."""

from functools import cache

import boto3

from runledger import wiring
from runledger.adapters.websocket.connections import ApiGatewayConnections


@cache
def connections() -> ApiGatewayConnections:
    """Return the WebSocket connections; the endpoint is botocore's own setting."""
    client = boto3.client("apigatewaymanagementapi", config=wiring.client_config())
    return ApiGatewayConnections.by(client)
