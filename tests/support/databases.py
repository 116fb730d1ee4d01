"""The databases that tests run on."""

from typing import NamedTuple

from mypy_boto3_dynamodb import DynamoDBClient

from local.cloudformation import template

TEMPLATE = template.load(parameters={"Authentication": "off", "LogLevel": "WARNING"})


class Engine(NamedTuple):
    client: DynamoDBClient
    endpoint: str  # empty: AWS's, which moto intercepts


class DynamoDB(NamedTuple):
    client: DynamoDBClient
    endpoint: str
    table: str
