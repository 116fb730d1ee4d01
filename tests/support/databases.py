"""The databases that tests run on."""

from typing import NamedTuple

from mypy_boto3_dynamodb import DynamoDBClient

from local.cloudformation import template
from runledger.store.dynamodb.client import JsonClient

TEMPLATE = template.load(parameters={"Authentication": "off", "LogLevel": "WARNING"})


class Engine(NamedTuple):
    """A database, and its clients: the functions' own, and boto3's for all else."""

    client: JsonClient
    endpoint: str  # empty: AWS's, which moto intercepts
    boto3: DynamoDBClient


class DynamoDB(NamedTuple):
    client: JsonClient
    endpoint: str
    boto3: DynamoDBClient
    table: str


def own_client(endpoint: str) -> JsonClient:
    """Make a client of the functions' kind, for many threads and slow machines."""
    return JsonClient(endpoint, attempts=3, connections=64, timeouts=(1, 60))
