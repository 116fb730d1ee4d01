"""Calls of each kind that the store makes, and of each that DynamoDB refuses."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.support.databases import TEMPLATE

KB = 1024
TABLE = f"runledger-{uuid4()}"
INDEX = TEMPLATE.table["GlobalSecondaryIndexes"][0]
INDEX_HASH, INDEX_RANGE = (key["AttributeName"] for key in INDEX["KeySchema"])

Step = tuple[str, dict[str, Any]]


def key(number: int) -> dict[str, Any]:
    return {"pk": {"S": "partition"}, "sk": {"S": f"{number:03}"}}


def put(number: int, **attributes: Any) -> Step:
    return "put_item", {"TableName": TABLE, "Item": key(number) | attributes}


def get(number: int, **more: Any) -> Step:
    return "get_item", {"TableName": TABLE, "Key": key(number), "ConsistentRead": True, **more}


def expecting(condition: str, **more: Any) -> dict[str, Any]:
    return {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#v": "version"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **more,
    }


VALUES: dict[str, Any] = {
    "text": {"S": "text"},
    "empty text": {"S": ""},
    "odd text": {"S": '\x00\x7f é 𝄞 \u2028 " \\ </script> \ufffd \ufeff'},
    "long text": {"S": "ß" * 100 * KB},
    "number": {"N": "42"},
    "large number": {"N": "12345678901234567890123456789012345678"},
    "small number": {"N": "-0.00000000000000000000000000000000012345"},
    "bytes": {"B": bytes(range(256))},
    "no bytes": {"B": b""},
    "set of texts": {"SS": ["a", "é"]},
    "set of numbers": {"NS": ["1", "2.5"]},
    "set of bytes": {"BS": [b"\x00", b"\xff\xfe"]},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"B": b"\xff"}, {"L": []}, {"NULL": True}]},
    "map": {"M": {"B": {"S": "text"}, "BS": {"B": b"\xfb"}, "S": {"M": {"B": {"B": b"1"}}}}},
    "empty map": {"M": {}},
    "null": {"NULL": True},
    "true": {"BOOL": True},
    "false": {"BOOL": False},
    "half a surrogate pair": {"S": "\ud800"},
    "no type": {},
    "no number": {"N": "one"},
}
NAMES = ["B", "BS", "S", "Item", "__type", "message", "é", "a b", 'a"B":b']


def values() -> Iterator[tuple[str, list[Step]]]:
    for name, value in VALUES.items():
        yield name, [put(1, value=value), get(1)]
    for name in NAMES:
        attributes = {name: {"B": b"\xff"}, f"{name}2": {"S": "text"}}
        yield f"an attribute called {name}", [put(1, **attributes), get(1)]


MANY = [put(number, kind={"S": "many"}, data={"B": bytes([number])}) for number in range(100)]
BATCH = [{"PutRequest": {"Item": step[1]["Item"]}} for step in MANY]
CAPACITY = [{"ReturnConsumedCapacity": how} for how in ("NONE", "TOTAL", "INDEXES")]
QUERY: dict[str, Any] = {
    "TableName": TABLE,
    "KeyConditionExpression": "#p = :p",
    "ExpressionAttributeNames": {"#p": "pk"},
    "ExpressionAttributeValues": {":p": {"S": "partition"}},
}
INDEXED = {INDEX_HASH: {"S": "hash"}, INDEX_RANGE: {"S": "range"}}
QUERY_INDEX = QUERY | {
    "IndexName": INDEX["IndexName"],
    "ExpressionAttributeNames": {"#p": INDEX_HASH},
    "ExpressionAttributeValues": {":p": {"S": "hash"}},
}
ADD: dict[str, Any] = {
    "TableName": TABLE,
    "Key": key(1),
    "UpdateExpression": "ADD #n :one SET #b = :b",
    "ExpressionAttributeNames": {"#n": "n", "#b": "b"},
    "ExpressionAttributeValues": {":one": {"N": "1"}, ":b": {"B": b"\x00\x01"}},
}


def fill(*numbers: int) -> Step:
    return "batch_write_item", {"RequestItems": {TABLE: [BATCH[number] for number in numbers]}}


def read_many(*numbers: int, **more: Any) -> Step:
    request = {"Keys": [key(number) for number in numbers], "ConsistentRead": True}
    return "batch_get_item", {"RequestItems": {TABLE: request | more}}


def transact(*items: tuple[str, dict[str, Any]], **more: Any) -> Step:
    written = [{kind: {"TableName": TABLE, **request}} for kind, request in items]
    return "transact_write_items", {"TransactItems": written, **more}


def put_of(number: int, **more: Any) -> tuple[str, dict[str, Any]]:
    return "Put", {"Item": key(number) | {"version": {"N": "2"}}, **more}


ABSENT = expecting("attribute_not_exists(#v)")
OLD = {"version": {"N": "1"}, "data": {"B": b"\xff\x00"}}
UPDATE = {"Key": key(1), "UpdateExpression": "ADD #n :n", "ExpressionAttributeNames": {"#n": "n"}}
AGAIN = "replaced"
CASES: dict[str, list[Step]] = {
    **dict(values()),
    "no item": [get(1)],
    "some attributes": [put(1, a={"S": "1"}, b={"B": b"1"}), get(1, ProjectionExpression="b")],
    **{f"a read's capacity, {how}": [put(1), get(1, **how)] for how in CAPACITY},
    **{
        f"a write's capacity, {how}": [(put(1, **INDEXED)[0], put(1, **INDEXED)[1] | how)]
        for how in CAPACITY
    },
    "100 keys": [fill(*range(25)), fill(*range(25, 50)), read_many(*range(100))],
    "101 keys": [read_many(*range(101))],
    "a key twice": [read_many(1, 1)],
    "no keys": [read_many()],
    "a batch of 26 writes": [fill(*range(26))],
    "attributes of a batch": [fill(1, 2), read_many(1, 2, ProjectionExpression="sk")],
    "a batch's capacity": [
        (name, request | {"ReturnConsumedCapacity": "TOTAL"})
        for name, request in (fill(1, 2), read_many(1, 2))
    ],
    "a batch on no table": [("batch_get_item", {"RequestItems": {"none": {"Keys": [key(1)]}}})],
    "a batch that deletes": [
        fill(1),
        ("batch_write_item", {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": key(1)}}]}}),
        get(1),
    ],
    "a query": [fill(1, 2, 3), ("query", QUERY)],
    "a query's page": [fill(1, 2, 3), ("query", QUERY | {"Limit": 2, "ScanIndexForward": False})],
    "a query's next page": [
        fill(1, 2, 3),
        ("query", QUERY | {"ExclusiveStartKey": key(2), "ReturnConsumedCapacity": "TOTAL"}),
    ],
    "a query of nothing": [("query", QUERY)],
    "a query of an index": [put(1, **INDEXED), ("query", QUERY_INDEX | {"Limit": 1})],
    "a consistent query of an index": [("query", QUERY_INDEX | {"ConsistentRead": True})],
    "a query of no index": [("query", QUERY | {"IndexName": "none"})],
    "an addition": [("update_item", ADD), ("update_item", ADD), get(1)],
    "an addition's answer": [("update_item", ADD | {"ReturnValues": "ALL_NEW"})],
    "an addition to text": [put(1, n={"S": "text"}), ("update_item", ADD)],
    "a removal": [put(1), ("delete_item", {"TableName": TABLE, "Key": key(1)}), get(1)],
    "a removal's answer": [
        put(1, **OLD),
        ("delete_item", {"TableName": TABLE, "Key": key(1), "ReturnValues": "ALL_OLD"}),
    ],
    "a put's failed condition": [put(1, **OLD), (put(1)[0], put(1)[1] | ABSENT)],
    "a put's failed condition, without the item": [
        put(1, **OLD),
        (put(1)[0], put(1)[1] | ABSENT | {"ReturnValuesOnConditionCheckFailure": "NONE"}),
    ],
    "a condition that needs an item": [
        (put(1)[0], put(1)[1] | expecting("attribute_exists(#v)")),
    ],
    "a removal's failed condition": [
        put(1, **OLD),
        ("delete_item", {"TableName": TABLE, "Key": key(1), **ABSENT}),
    ],
    "an update's failed condition": [
        put(1, **OLD),
        (
            "update_item",
            ADD | ABSENT | {"ExpressionAttributeNames": {"#v": "version", "#n": "n", "#b": "b"}},
        ),
    ],
    "a transaction": [
        transact(
            put_of(1),
            ("Delete", {"Key": key(2)}),
            ("Update", ADD | {"Key": key(3)}),
            ReturnConsumedCapacity="TOTAL",
        ),
        read_many(1, 2, 3),
    ],
    "a transaction sent twice": [
        transact(("Update", ADD), ClientRequestToken=AGAIN),
        transact(("Update", ADD), ClientRequestToken=AGAIN),
        get(1),
    ],
    "a token used for two transactions": [
        transact(put_of(1), ClientRequestToken=AGAIN),
        transact(put_of(2), ClientRequestToken=AGAIN),
    ],
    "a cancelled transaction": [
        put(1, **OLD),
        put(3, **OLD),
        transact(put_of(1, **ABSENT), put_of(2, **ABSENT), put_of(3, **ABSENT)),
    ],
    "a cancelled transaction, without the items": [
        put(1, **OLD),
        transact(
            put_of(2),
            put_of(1, **ABSENT | {"ReturnValuesOnConditionCheckFailure": "NONE"}),
        ),
    ],
    "a transaction that needs an item": [transact(put_of(1, **expecting("attribute_exists(#v)")))],
    "a transaction that checks": [
        put(1, **OLD),
        transact(("ConditionCheck", {"Key": key(1), **ABSENT}), put_of(2)),
    ],
    "a transaction of two writes of one item": [transact(put_of(1), put_of(1))],
    "a transaction of 101 writes": [transact(*map(put_of, range(101)))],
    "a transaction of no writes": [transact()],
    "a transaction on no table": [transact(("Put", {"Item": key(1), "TableName": "none"}))],
    "a transaction with a large item": [
        transact(put_of(1), ("Put", {"Item": key(2) | {"data": {"S": "x" * 401 * KB}}}))
    ],
    "a large transaction": [
        transact(*(("Put", {"Item": key(n) | {"data": {"S": "x" * 390 * KB}}}) for n in range(11)))
    ],
    "a large item": [put(1, data={"S": "x" * 401 * KB})],
    "a large key": [("get_item", {"TableName": TABLE, "Key": key(1) | {"sk": {"S": "x" * 1025}}})],
    "no table": [("get_item", {"TableName": "none", "Key": key(1)})],
    "half a key": [("get_item", {"TableName": TABLE, "Key": {"pk": {"S": "partition"}}})],
    "an empty key": [("get_item", {"TableName": TABLE, "Key": key(1) | {"sk": {"S": ""}}})],
    "a key of another type": [
        ("get_item", {"TableName": TABLE, "Key": key(1) | {"sk": {"N": "1"}}})
    ],
    "no key": [("get_item", {"TableName": TABLE})],
    "an expression that is none": [(put(1)[0], put(1)[1] | {"ConditionExpression": "no ("})],
    "a name that is not used": [
        (put(1)[0], put(1)[1] | {"ExpressionAttributeNames": {"#unused": "a"}})
    ],
    "a member of another type": [("query", QUERY | {"Limit": "ten"})],
}
