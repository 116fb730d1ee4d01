"""The clock, and the store, made once, at the first use."""

from datetime import UTC, datetime, timedelta
from functools import cache

from runledger.settings import settings
from runledger.store.dynamodb.client import JsonClient
from runledger.store.dynamodb.table import Deadline, Table
from runledger.store.store import Store

# A slower call fails; with its retries it ends well within the function's 29 s.
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 1, 4
ATTEMPTS = 3

# Parallel requests of the local server; a Lambda needs one, and 16 to delete a flow run.
CONNECTIONS = 40


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@cache
def store() -> Store:
    """Return the store on the table of the settings."""
    table = Table(_client(settings().aws_endpoint_url_dynamodb), settings().table_name)
    return Store(
        table,
        settings().index_shards,
        shards_read=settings().index_shards_read,
        log_retention=settings().run_log_retention,
        event_retention=settings().event_retention,
    )


def store_for_search(since: datetime) -> Store:
    """Return the store for a search: its deadline leaves time for an error response."""
    limit = timedelta(seconds=settings().search_seconds)
    return store().with_deadline(Deadline(since + limit, now))


def removal_deadline(since: datetime) -> Deadline:
    """Return the time at which a removal leaves the rest to the table's stream."""
    return Deadline(since + timedelta(seconds=settings().removal_seconds), now)


@cache
def _client(endpoint: str) -> JsonClient:
    return JsonClient(
        endpoint,
        attempts=ATTEMPTS,
        connections=CONNECTIONS,
        timeouts=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER),
    )


def reset() -> None:
    """Clear the caches, for a process whose environment changes."""
    settings.cache_clear()
    store.cache_clear()
