"""Which partition keys a program reads and writes, and how many units each takes.

Reads are seen in the client's calls. Writes are seen in the table's stream: an item before and
after decides which entries of indexes change. DynamoDB counts a kilobyte of a write as a unit, and
as two in a transaction; `Traffic.counted` is what the database itself counts.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any, NamedTuple

from local.event_sources.records import Stream, sequence
from tests.bench.metering import READS, seen
from tests.support.client_events import AnyClient
from tests.support.databases import TEMPLATE

TABLE = "table"
KILOBYTE = 1024
EQUALS = re.compile(r"\(?\s*(\S+) = (:\w+)")

Item = Mapping[str, Mapping[str, Any]]


class Place(NamedTuple):
    """A partition key of the table or of an index."""

    where: str
    key: str


@dataclass
class Traffic:
    """Units by place, records of the stream, and the write units that the database counted."""

    reads: Counter[Place] = field(default_factory=Counter)
    writes: Counter[Place] = field(default_factory=Counter)
    calls: int = 0
    records: int = 0
    counted: float = 0.0
    transacted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def see_call(self, operation: str, request: Mapping[str, Any], answer: Any) -> None:  # noqa: ANN401 JSON
        """Add the units of a read; note what a transaction writes."""
        self.calls += 1
        units = _units(answer)
        if operation in READS:
            places = list(_read_places(operation, request))
            self.reads.update({place: units / len(places) for place in places})
            return
        self.counted += units
        for write in request.get("TransactItems", []):
            ((kind, one),) = write.items()
            if kind != "ConditionCheck":
                self.transacted[_key(one.get("Key") or one["Item"])] += 1

    def see_record(self, record: Mapping[str, Any]) -> None:
        """Add the units of a write."""
        self.records += 1
        change = record["dynamodb"]
        old, new = change.get("OldImage"), change.get("NewImage")
        key = _key(change["Keys"])
        times = 2 if self.transacted[key] else 1
        self.transacted[key] -= times - 1
        self.writes[Place(TABLE, key[0])] += times * max(_kilobytes(old), _kilobytes(new))
        for index in TEMPLATE.table["GlobalSecondaryIndexes"]:
            for place, units in _entries_written(index, old, new):
                self.writes[place] += units


@contextmanager
def recorded(client: AnyClient, stream: Stream, position: str = "") -> Iterator[Traffic]:
    """Record the client's calls until the end of the block, then the stream since a position."""
    traffic = Traffic()
    with seen(client, traffic.see_call):
        yield traffic
    for record in changes(stream, position):
        traffic.see_record(record)


def changes(stream: Stream, position: str) -> Iterator[Mapping[str, Any]]:
    """Yield the records behind a position."""
    records, iterator = stream.read(stream.start(position))
    while records:
        yield from records
        records, iterator = stream.read(iterator)


def end(stream: Stream, position: str) -> str:
    """Return the position behind all records."""
    last = position
    for record in changes(stream, position):
        last = sequence(dict(record))
    return last


def _units(answer: Mapping[str, Any]) -> float:
    consumed = answer.get("ConsumedCapacity", [])
    parts = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(part["CapacityUnits"] for part in parts))


def _read_places(operation: str, request: Mapping[str, Any]) -> Iterator[Place]:
    if operation == "GetItem":
        yield Place(TABLE, request["Key"]["pk"]["S"])
    elif operation == "BatchGetItem":
        for asked in request["RequestItems"].values():
            yield from (Place(TABLE, key["pk"]["S"]) for key in asked["Keys"])
    else:
        value = EQUALS.match(request.get("KeyConditionExpression", ""))
        key = request["ExpressionAttributeValues"][value[2]]["S"] if value else "all"
        yield Place(request.get("IndexName", TABLE), key)


def _entries_written(
    index: Mapping[str, Any], old: Item | None, new: Item | None
) -> Iterator[tuple[Place, int]]:
    """Yield what changes in an index: an entry that moves is removed and put."""
    before, after = (_entry(index, image) for image in (old, new))
    if before == after:
        return
    names = [part["AttributeName"] for part in index["KeySchema"]]
    moved = not before or not after or any(before[name] != after[name] for name in names)
    parts = [before, after] if moved else [max(before, after, key=_kilobytes)]
    for entry in filter(None, parts):
        yield Place(index["IndexName"], entry[names[0]]["S"]), _kilobytes(entry)


def _entry(index: Mapping[str, Any], image: Item | None) -> Item:
    names = [part["AttributeName"] for part in index["KeySchema"]]
    if not image or any(name not in image for name in names):
        return {}
    projection = index["Projection"]
    kept: Sequence[str] = [*names, "pk", "sk", *projection.get("NonKeyAttributes", [])]
    everything = projection["ProjectionType"] == "ALL"
    return {name: value for name, value in image.items() if everything or name in kept}


def _kilobytes(item: Item | None) -> int:
    if not item:
        return 0
    return max(1, ceil(sum(len(name) + _size(value) for name, value in item.items()) / KILOBYTE))


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "B":
        return len(content) * 3 // 4
    return len(content.encode()) if isinstance(content, str) else len(json.dumps(content))


def _key(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
