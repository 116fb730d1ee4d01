from tests.support.databases import TEMPLATE, DynamoDB


def test_a_database_has_the_indexes_of_the_template(dynamodb: DynamoDB) -> None:
    table = dynamodb.boto3.describe_table(TableName=dynamodb.table)["Table"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        index["IndexName"] for index in TEMPLATE.table["GlobalSecondaryIndexes"]
    }


def test_a_database_expires_items_by_the_attribute_of_the_template(dynamodb: DynamoDB) -> None:
    answer = dynamodb.boto3.describe_time_to_live(TableName=dynamodb.table)
    assert answer["TimeToLiveDescription"]["AttributeName"] == TEMPLATE.time_to_live


def test_a_database_has_no_stream_that_would_slow_its_writes_down(dynamodb: DynamoDB) -> None:
    assert "StreamSpecification" in TEMPLATE.table
    table = dynamodb.boto3.describe_table(TableName=dynamodb.table)["Table"]
    assert "StreamSpecification" not in table
