"""Both clients of DynamoDB, with the same settings."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

from runledger import wiring
from runledger.store.dynamodb.client import JsonClient

TIMEOUTS = wiring.SECONDS_TO_CONNECT, wiring.SECONDS_TO_ANSWER

Client = Any  # the operations of either


def boto3_client(endpoint: str, timeouts: tuple[float, float] = TIMEOUTS) -> Client:
    """Make boto3's client; it checks no parameters, as ours."""
    connect_timeout, read_timeout = timeouts
    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": wiring.ATTEMPTS},
        max_pool_connections=wiring.CONNECTIONS,
        parameter_validation=False,
    )
    return boto3.client("dynamodb", endpoint_url=endpoint or None, config=config)


def json_client(endpoint: str, timeouts: tuple[float, float] = TIMEOUTS) -> Client:
    """Make ours, as the functions have it."""
    return JsonClient(
        endpoint,
        attempts=wiring.ATTEMPTS,
        connections=wiring.CONNECTIONS,
        timeouts=timeouts,
    )


CLIENTS: dict[str, Callable[..., Client]] = {"boto3": boto3_client, "ours": json_client}
