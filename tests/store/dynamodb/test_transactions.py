"""A transaction is done as a whole or not at all, on either engine."""

import pytest
from botocore.exceptions import ClientError

from local.event_sources.records import Stream
from tests.support.databases import DynamoDB, enable_stream, put, scan

BEFORE = {"pk": {"S": "a"}, "sk": {"S": "1"}, "number": {"N": "1"}}
UPDATED: dict[str, object] = {
    "Key": {name: BEFORE[name] for name in ("pk", "sk")},
    "UpdateExpression": "SET #n = :two",
    "ExpressionAttributeNames": {"#n": "number"},
    "ExpressionAttributeValues": {":two": {"N": "2"}},
}
CREATED: dict[str, object] = {"Item": {"pk": {"S": "a"}, "sk": {"S": "2"}}}
REFUSED: dict[str, object] = {
    "Key": {"pk": {"S": "b"}, "sk": {"S": "1"}},
    "ConditionExpression": "attribute_exists(pk)",
}


def test_a_transaction_that_is_refused_changes_nothing(dynamodb: DynamoDB) -> None:
    enable_stream(dynamodb)
    put(dynamodb, [BEFORE])
    writes = {"Update": UPDATED, "Put": CREATED, "ConditionCheck": REFUSED}
    named = [{kind: {"TableName": dynamodb.table, **one}} for kind, one in writes.items()]
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        dynamodb.client.call("TransactWriteItems", {"TransactItems": named})
    assert list(scan(dynamodb)) == [BEFORE]
    stream = Stream(dynamodb.boto3, dynamodb.table, dynamodb.endpoint)
    (record,) = stream.read(stream.start("")).records
    assert record["eventName"] == "INSERT"
