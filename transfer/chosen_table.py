"""The table that a command is told: of a stack, of another DynamoDB, or the local server's own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local import environment, settings
from local.cloudformation import deployed_stacks, template
from local.cloudformation.template import Template
from local.database import dynamodb, sqlite, tables
from local.settings import LocalSettings, StartupError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 16
PATIENT = Config(
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=THREADS,
    # It sends fewer requests when DynamoDB throttles them.
    retries={"mode": "adaptive", "total_max_attempts": 10},
)


class ChosenTable(NamedTuple):
    """A table, and the number of partitions of its index keys that searches read.

    With 0 days of retention, finished runs are kept for good.
    """

    client: "DynamoDBClient"
    table: str
    shards: int
    run_retention_days: int = 0


@contextmanager
def opened(*, may_create: bool) -> Iterator[ChosenTable]:
    """Yield the table that the environment names: docs/move.md.

    may_create: a table is created if it is missing, but in AWS, where stacks have theirs.

    Raises:
        StartupError: there is no such stack or table.
    """
    if stack := os.environ.get("STACK"):
        yield _of_stack(stack)
        return
    of = settings.read(os.environ)
    api = template.load(parameters=of.parameters)
    with dynamodb.running(of) as database:
        environment.prepare(api, of, database.endpoint)
        client = boto3.client("dynamodb", endpoint_url=database.endpoint, config=PATIENT)
        if may_create and not of.is_aws:
            tables.ensure(api, of.table, with_stream=True, is_own=database.is_own)
        else:
            _check(client, of.table)
        if database.file:
            sqlite.index_stream(database.file)
        yield ChosenTable(client, of.table, _shards(api, of), of.run_retention_days)


def _shards(api: Template, of: LocalSettings) -> int:
    """Return the setting, which a table without its stack needs, or the template's."""
    text = os.environ.get("SHARDS") or api.environment["INDEX_SHARDS"]
    if not text.isdecimal() or not int(text):
        raise StartupError(
            f"SHARDS={text} is not valid: give IndexShards of the stack of {of.table}"
        )
    return int(text)


def _of_stack(name: str) -> ChosenTable:
    stack = deployed_stacks.find(name)
    client = boto3.client("dynamodb", config=PATIENT)
    days = int(stack.parameters.get("RunRetentionDays", 0))
    return ChosenTable(client, stack.table, _shards_read(stack.parameters), days)


def _shards_read(parameters: Mapping[str, str]) -> int:
    return max(int(parameters[name]) for name in ("IndexShards", "IndexShardsRead"))


def _check(client: "DynamoDBClient", table: str) -> None:
    try:
        client.describe_table(TableName=table)
    except (BotoCoreError, ClientError) as error:
        raise StartupError(f"There is no table {table}: {error}") from None
