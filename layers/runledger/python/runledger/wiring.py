"""The clock, and the store, made once, at the first use."""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from runledger import metering
from runledger.settings import settings
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.client import JsonClient
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient

# A slower call fails; with its retries it ends well within the function's 29 s.
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 1, 4
ATTEMPTS = 3

# Parallel requests of the local server; a Lambda needs one, and 16 to delete a flow run.
CONNECTIONS = 40

# The last object of a request for many may take 10 s to validate, of the function's 29 s.
SECONDS_TO_BEGIN = timedelta(seconds=15)

# Where curl and botocore find the proxy of HTTPS.
PROXIES = ("HTTPS_PROXY", "https_proxy")


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def store() -> Store:
    """Return the store on the table of the settings, for the caller of this request."""
    name = metering.key_name()
    return _store().acting_for(name) if name else _store()


@cache
def _store() -> Store:
    table = Table(_client(settings().dynamodb_endpoint), settings().table_name)
    return Store(
        table,
        settings().index_shards,
        shards_read=settings().index_shards_read,
        log_retention=settings().run_log_retention,
        event_retention=settings().event_retention,
        run_retention=settings().run_retention,
    )


def store_for_search(since: datetime) -> Store:
    """Return the store for a search: its deadline leaves time for an error response."""
    limit = timedelta(seconds=settings().search_seconds)
    return store().with_deadline(Deadline(since + limit, now))


def removal_deadline(since: datetime) -> Deadline:
    """Return the time at which a removal leaves the rest to the table's stream."""
    return Deadline(since + timedelta(seconds=settings().removal_seconds), now)


def bulk_deadline(since: datetime) -> Deadline:
    """Return the time after which a request for many objects begins with no other one."""
    return Deadline(since + SECONDS_TO_BEGIN, now)


@cache
def _client(endpoint: str) -> "DynamoDBClient | JsonClient":
    if _is_behind_proxy(endpoint):
        import boto3  # noqa: PLC0415 - our own client knows no proxies

        return boto3.client("dynamodb", endpoint_url=endpoint or None, config=boto3_config())
    return JsonClient(
        endpoint,
        attempts=ATTEMPTS,
        connections=CONNECTIONS,
        timeouts=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER),
    )


def _is_behind_proxy(endpoint: str) -> bool:
    return not endpoint.startswith("http://") and any(map(os.environ.get, PROXIES))


def boto3_config() -> "Config":
    """Return the settings of every boto3 client."""
    from botocore.config import Config  # noqa: PLC0415 - few functions need it

    return Config(
        connect_timeout=SECONDS_TO_CONNECT,
        read_timeout=SECONDS_TO_ANSWER,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
        # Validation takes a sixth of a call's processor time, and our parameters are valid.
        parameter_validation=False,
        user_agent="runledger",
    )


def reset() -> None:
    """Clear the caches, for a process whose environment changes."""
    settings.cache_clear()
    _store.cache_clear()
