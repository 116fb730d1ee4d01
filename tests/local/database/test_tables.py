from collections.abc import Iterator
from uuid import uuid4

import pytest

from local.database import tables
from tests.support.databases import TEMPLATE, DynamoDB


@pytest.fixture
def created(dynamodb: DynamoDB) -> Iterator[DynamoDB]:
    """A table made as the local server makes it."""
    made = dynamodb._replace(table=f"runledger-{uuid4()}")
    tables.create(made.boto3, TEMPLATE, made.table)
    yield made
    made.boto3.delete_table(TableName=made.table)


def test_a_database_has_the_indexes_of_the_template(created: DynamoDB) -> None:
    table = created.boto3.describe_table(TableName=created.table)["Table"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        index["IndexName"] for index in TEMPLATE.table["GlobalSecondaryIndexes"]
    }


def test_a_database_expires_items_by_the_attribute_of_the_template(created: DynamoDB) -> None:
    answer = created.boto3.describe_time_to_live(TableName=created.table)
    assert answer["TimeToLiveDescription"]["AttributeName"] == TEMPLATE.time_to_live


def test_a_database_has_no_stream_that_would_slow_its_writes_down(created: DynamoDB) -> None:
    assert "StreamSpecification" in TEMPLATE.table
    table = created.boto3.describe_table(TableName=created.table)["Table"]
    assert "StreamSpecification" not in table
