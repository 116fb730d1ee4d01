"""A transaction is done as a whole or not at all, on either engine."""

import pytest
from botocore.exceptions import ClientError

from tests.support.databases import DynamoDB, put, scan, stream_of

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
    stream = stream_of(dynamodb)
    put(dynamodb, [BEFORE])
    writes = {"Update": UPDATED, "Put": CREATED, "ConditionCheck": REFUSED}
    named = [{kind: {"TableName": dynamodb.table, **one}} for kind, one in writes.items()]
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        dynamodb.client.call("TransactWriteItems", {"TransactItems": named})
    assert list(scan(dynamodb)) == [BEFORE]
    (record,) = stream.read(stream.start("")).records
    assert record["eventName"] == "INSERT"
