"""Factory of WebSocket connections, apart from `wiring`: other functions import less."""

from functools import cache

import boto3

from runledger import wiring
from runledger.adapters.websocket.connections import ApiGatewayConnections


@cache
def connections() -> ApiGatewayConnections:
    """Return the WebSocket connections, made once; botocore's own setting has the endpoint."""
    client = boto3.client("apigatewaymanagementapi", config=wiring.boto3_config())
    return ApiGatewayConnections.by(client)
