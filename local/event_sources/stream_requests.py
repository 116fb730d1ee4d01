"""Requests to DynamoDB Streams over kept connections.

The pollers read records many times a second while functions write. boto3's client takes three times
as long, and 15 ms to be made.
"""

import json
import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.retries.quota import RetryQuota
from pydantic_core import from_json

from runledger.store.dynamodb import signature
from runledger.store.dynamodb.connections import ConnectionPool
from runledger.store.dynamodb.http_messages import RawResponse
from runledger.store.dynamodb.retries import Attempts, failure_of

API = "DynamoDBStreams_20120810"
CONNECT_TIMEOUT, READ_TIMEOUT = 3.0, 20.0  # seconds
MAX_ATTEMPTS = 4
MIN_ERROR_STATUS = 300


@cache
def requester(endpoint: str) -> Callable[..., dict[str, Any]]:
    """Return `request(operation, **parameters)`; it changes nothing of the answer's JSON.

    Raises:
        botocore.exceptions.ClientError: the database refuses it.
        botocore.exceptions.BotoCoreError: the database does not answer.
    """
    connections = ConnectionPool(
        endpoint, size=1, connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT
    )
    credentials, region = signature.credentials(), os.environ["AWS_DEFAULT_REGION"]

    def attempt(operation: str, body: bytes) -> RawResponse:
        named = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"{API}.{operation}",
        }
        headers = signature.sign(connections.url, named, body, region=region, by=credentials())
        return connections.post(body, headers)

    def request(operation: str, **parameters: str | int) -> dict[str, Any]:
        body, attempts = json.dumps(parameters).encode(), Attempts(MAX_ATTEMPTS, RetryQuota())
        response = attempt(operation, body)
        while (failure := failure_of(response.status, "")) and (
            pause := attempts.pause_after(failure)
        ) is not None:
            time.sleep(pause)
            response = attempt(operation, body)
        return _members(operation, response)

    return request


def _members(operation: str, response: RawResponse) -> dict[str, Any]:
    if response.status >= MIN_ERROR_STATUS:
        message = response.body.decode(errors="replace")
        raise ClientError({"Error": {"Code": str(response.status), "Message": message}}, operation)
    try:
        members: dict[str, Any] = _json(response.body)
    except ValueError as error:
        raise HTTPClientError(error=error) from error
    return members


def _json(body: bytes) -> Any:  # noqa: ANN401 JSON
    try:
        return from_json(body)
    except ValueError:
        # Python's own parser also takes halves of surrogate pairs.
        return json.loads(body)
