"""The clock and the store, made once, when first asked for."""

from datetime import UTC, datetime
from functools import cache

import boto3
from botocore.config import Config

from runledger.settings import settings
from runledger.store.store import Store
from runledger.store.table import Table

# A call that takes longer is lost; with its repeats it ends well within the function's 29 s.
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 1, 4
ATTEMPTS = 3

# Flow runs delete this many task runs at once.
CONNECTIONS = 16


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@cache
def store() -> Store:
    """Return the store on the table that the settings name."""
    config = Config(
        connect_timeout=SECONDS_TO_CONNECT,
        read_timeout=SECONDS_TO_ANSWER,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
    )
    table = Table(boto3.client("dynamodb", config=config), settings().table_name)
    return Store(table, settings().index_shards)


def reset() -> None:
    """Forget what was made, for a process whose environment changes."""
    settings.cache_clear()
    store.cache_clear()
