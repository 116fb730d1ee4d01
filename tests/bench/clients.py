"""Processor time of a DynamoDB call through boto3's client and ours: `make bench ARGS=clients`.

Processor time of this process in milliseconds, which is most of what a call costs a Lambda. Each
client is asked in turns, so that whatever else the machine does slows both alike.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import boto3

from local import settings
from runledger import wiring
from tests.bench.servers.ours import prepared

TURNS, CALLS = 30, 20
DOCUMENTS = 100
TEXT = "x" * 1_000

Call = Callable[[Any], object]


def main() -> int:
    chosen = settings.read({"DATA": settings.MEMORY})
    with prepared(chosen) as endpoint:
        config = wiring.boto3_config()
        clients = {
            "boto3": boto3.client("dynamodb", endpoint_url=endpoint, config=config),
            "ours": wiring.store().table.client,
        }
        _fill(clients["boto3"], chosen.table)
        sys.stdout.write(f"{'milliseconds of a call':<28}{'boto3':>8}{'ours':>8}\n")
        for name, call in _calls(chosen.table).items():
            taken = _taken(clients, call)
            sys.stdout.write(f"{name:<28}{taken['boto3']:>8.2f}{taken['ours']:>8.2f}\n")
    return 0


def _fill(client: Any, table: str) -> None:  # noqa: ANN401 either client
    for number in range(DOCUMENTS):
        client.put_item(TableName=table, Item=_item("documents", number))


def _item(pk: str, number: int) -> dict[str, Any]:
    document = {"document": {"S": TEXT}, "version": {"N": "1"}}
    return {"pk": {"S": pk}, "sk": {"S": f"{number:04}"}, **document}


def _calls(table: str) -> Mapping[str, Call]:
    key = {name: _item("documents", 1)[name] for name in ("pk", "sk")}
    query = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": key["pk"]},
        "ConsistentRead": True,
    }
    numbers = count()

    def write_two(client: Any) -> object:  # noqa: ANN401 either client
        items = (_item("written", next(numbers)) for _ in range(2))
        puts = [{"Put": {"TableName": table, "Item": item}} for item in items]
        return client.transact_write_items(TransactItems=puts)

    return {
        "get_item": lambda client: client.get_item(TableName=table, Key=key),
        f"query of {DOCUMENTS}": lambda client: client.query(TableName=table, **query),
        "transact_write_items of 2": write_two,
    }


def _taken(clients: Mapping[str, Any], call: Call) -> dict[str, float]:
    """Return each client's median."""
    taken: dict[str, list[float]] = {name: [] for name in clients}
    for _ in range(TURNS):
        for name, client in clients.items():
            taken[name].append(_mean_of_calls(client, call))
    return {name: statistics.median(times) for name, times in taken.items()}


def _mean_of_calls(client: Any, call: Call) -> float:  # noqa: ANN401 either client
    begun = time.process_time()
    for _ in range(CALLS):
        call(client)
    return (time.process_time() - begun) * 1000 / CALLS
