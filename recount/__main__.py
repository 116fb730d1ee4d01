"""`python -m recount`: the entry point of `make recount`."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3

from local import environment, settings
from local.cloudformation import template
from local.database import dynamodb, tables
from local.settings import LocalSettings, StartupError
from recount.recounting import Recount
from recount.shards import StreamShards
from runledger import wiring
from runledger.domain.errors import Unavailable
from runledger.store.dynamodb.expressions import plain, project
from runledger.store.dynamodb.writes import Item
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTRIBUTES = (*Key._fields, "state_shard")


def main() -> int:
    try:
        _recount(settings.read(os.environ))
    except (StartupError, Unavailable) as error:
        sys.stderr.write(f"recount: {error}\n")
        return 1
    return 0


def _recount(chosen: LocalSettings) -> None:
    """Recount the table of the settings: AWS's, another one, or that of the stopped local server.

    Raises:
        StartupError: there is no such table, or it has no stream.
        Unavailable: the database does not answer, or a counter changes too often.
    """
    api = template.load(parameters=chosen.parameters)
    with dynamodb.running(chosen) as database:
        environment.prepare(api, chosen, database.endpoint)
        client = boto3.client("dynamodb", endpoint_url=database.endpoint)
        arn = tables.stream_arn(client, chosen.table)
        shards = StreamShards(arn, "" if chosen.is_aws else database.endpoint)
        recount = Recount(wiring.store().table, shards.new_records, _scanner(client, chosen.table))
        found = recount.run()
    for correction in found:
        sys.stdout.write(f"{correction.kind} {correction.state_type}: {correction.amount:+}\n")
    sys.stdout.write("corrected\n" if found else "all counts were right\n")


def _scanner(client: "DynamoDBClient", table: str) -> Callable[[str], Iterator[Item]]:
    pages = client.get_paginator("scan")

    def scan(index: str) -> Iterator[Item]:
        for page in pages.paginate(TableName=table, IndexName=index, **project(ATTRIBUTES)):
            yield from map(plain, page["Items"])

    return scan


if __name__ == "__main__":
    sys.exit(main())
