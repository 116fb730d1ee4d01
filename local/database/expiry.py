"""Removes expired items from dynoxide, which keeps them; DynamoDB removes its own.

They are looked for in dynoxide's file, which can be read while it writes, and removed through its
API, so that the stream tells of them.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from local.cloudformation.template import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

# Few items expire: most are not parsed.
EXPIRED = "item_json LIKE ? AND CAST(json_extract(item_json, ?) AS INTEGER) <= ?"

# A search reads the whole file. What has expired need not go at once: at AWS it takes hours.
SECONDS_BETWEEN_SEARCHES = 300.0
LOCK_TIMEOUT = 1.0  # seconds


def remove_expired(client: "DynamoDBClient", file: Path, table: str, template: Template) -> None:
    """Remove the items whose time is over, unless they get another one meanwhile.

    While the database is busy, leave the rest to a later call.
    """
    with suppress(sqlite3.OperationalError, BotoCoreError):
        for item in list(_expired(file, table, template.time_to_live)):
            _remove(client, table, template, item)


def _remove(client: "DynamoDBClient", table: str, template: Template, item: Item) -> None:
    keys = [key["AttributeName"] for key in template.table["KeySchema"]]
    with suppress(client.exceptions.ConditionalCheckFailedException):
        client.delete_item(
            TableName=table,
            Key={name: item[name] for name in keys},
            ConditionExpression="#time <= :now",
            ExpressionAttributeNames={"#time": str(template.time_to_live)},
            ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
        )


def _expired(file: Path, table: str, attribute: str | None) -> Iterator[Item]:
    quoted = table.replace('"', '""')
    search = f'SELECT item_json FROM "{quoted}" WHERE {EXPIRED}'  # noqa: S608 quoted
    having, time_of_item = f'%"{attribute}"%', f'$."{attribute}".N'
    with closing(sqlite3.connect(file, timeout=LOCK_TIMEOUT)) as database:
        found = database.execute(search, [having, time_of_item, int(time.time())])
        yield from (json.loads(item) for (item,) in found)
