"""Factory of WebSocket connections, apart from `wiring`: other functions import less."""

from functools import cache

import boto3
from botocore.config import Config

from runledger import wiring
from runledger.adapters.websocket.connections import ApiGatewayConnections


@cache
def connections() -> ApiGatewayConnections:
    """Return the WebSocket connections, made once; botocore's own setting has the endpoint."""
    client = boto3.client("apigatewaymanagementapi", config=_config())
    return ApiGatewayConnections.by(client)


def _config() -> Config:
    """Return the settings of boto3's client: those of the store's, and what else saves time."""
    return Config(
        connect_timeout=wiring.SECONDS_TO_CONNECT,
        read_timeout=wiring.SECONDS_TO_ANSWER,
        retries={"mode": "standard", "total_max_attempts": wiring.ATTEMPTS},
        max_pool_connections=wiring.CONNECTIONS,
        # Validation takes a sixth of a call's processor time, and our parameters are valid.
        parameter_validation=False,
        user_agent="runledger",
    )
