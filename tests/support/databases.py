"""The databases that tests run on."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from mypy_boto3_dynamodb import DynamoDBClient

from local import settings
from local.cloudformation import template
from local.database import tables
from local.event_sources.records import Stream
from runledger.store.dynamodb.client import JsonClient
from runledger.store.dynamodb.table import chunks

PARAMETERS = {"Authentication": "off", "LogLevel": "WARNING"}
TEMPLATE = template.load(parameters=PARAMETERS)
GUARDED_TEMPLATE = template.load(parameters=PARAMETERS | {"Authentication": "required"})

# The tables of a database that nobody uses now, by its client: those that have no stream, and those
# that have one, by its name.
_IDLE: defaultdict[JsonClient, list[str]] = defaultdict(list)
_IDLE_STREAMING: defaultdict[JsonClient, list[str]] = defaultdict(list)
_STREAMS: dict[str, "TableStream"] = {}
MAX_DELETED, MAX_BATCH = 50, 25
MAX_IDLE_STREAMING = 2  # what tests that ask for none leave is deleted

SHARED_MEMORY, ROOM = Path("/dev/shm"), 1 << 30  # noqa: S108 bytes that must be free


Item = dict[str, Any]


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

    @property
    def engine(self) -> Engine:
        return Engine(self.client, self.endpoint, self.boto3)


def own_client(endpoint: str) -> JsonClient:
    """Make a client of the functions' kind, for many threads and slow machines."""
    return JsonClient(endpoint, attempts=3, connections=64, timeouts=(1, 60))


@contextmanager
def memory() -> Iterator[str]:
    """Yield a folder in memory for dynoxide's file, or what stands for none.

    With streams, dynoxide searches the records of all tables that there were before each write.
    The index that ends this needs a file; a file on a disk makes tables slower than it saves.
    """
    if not SHARED_MEMORY.is_dir() or shutil.disk_usage(SHARED_MEMORY).free < ROOM:
        yield settings.MEMORY
        return
    with TemporaryDirectory(prefix="runledger-", dir=SHARED_MEMORY) as folder:
        yield folder


class TableStream(Stream):
    """A table's stream, as if it began when its table was given to a test."""

    def __init__(self, database: DynamoDB) -> None:
        super().__init__(database.boto3, database.table, database.endpoint)
        self._oldest = ""

    def begin(self) -> None:
        """Leave out what others wrote."""
        latest = {"ShardIteratorType": "LATEST"}
        answer = self._request(
            "GetShardIterator", StreamArn=self.arn, ShardId=self._shard, **latest
        )
        self._oldest = answer["ShardIterator"]

    def start(self, after: str) -> str:
        return super().start(after) if after or not self._oldest else self._oldest


@contextmanager
def fresh_table(engine: Engine, *, streaming: bool = False) -> Iterator[DynamoDB]:
    """A table of one's own, without items; `streaming`: one whose stream will be asked for.

    It may have served others, which costs a fifth of making and deleting one. Thousands that are
    left would slow down all that follows.
    """
    idle = (_IDLE_STREAMING if streaming else _IDLE)[engine.client]
    made = DynamoDB(*engine, idle.pop()) if idle else new_table(engine)
    if stream := _STREAMS.get(made.table):
        stream.begin()
    try:
        yield made
    finally:
        if not _kept(made):
            _STREAMS.pop(made.table, None)
            engine.client.call("DeleteTable", {"TableName": made.table})


def _kept(database: DynamoDB) -> bool:
    """Keep a table for others if that is worth it: moto's streams begin with the oldest record."""
    idle = _IDLE[database.client]
    if database.table in _STREAMS:
        idle = _IDLE_STREAMING[database.client]
        if not database.endpoint or len(idle) == MAX_IDLE_STREAMING:
            return False
    if not _emptied(database):
        return False
    idle.append(database.table)
    return True


def _emptied(database: DynamoDB) -> bool:
    """Delete the items, unless they are so many that it takes longer than to delete the table."""
    keys = {"TableName": database.table, "ProjectionExpression": "pk, sk", "ConsistentRead": True}
    answer = database.client.call("Scan", keys | {"Limit": MAX_DELETED})
    deletions = [{"DeleteRequest": {"Key": item}} for item in answer["Items"]]
    if "LastEvaluatedKey" in answer:
        return False
    _write(database, deletions)
    return True


def put(database: DynamoDB, items: Iterable[Item]) -> None:
    """Put items with typed attribute values."""
    _write(database, ({"PutRequest": {"Item": item}} for item in items))


def _write(database: DynamoDB, requests: Iterable[dict[str, Any]]) -> None:
    for written in chunks(requests, MAX_BATCH):
        database.client.call("BatchWriteItem", {"RequestItems": {database.table: written}})


def new_table(engine: Engine) -> DynamoDB:
    """Create the template's table by the functions' client, which takes a tenth of boto3's time.

    Both databases have it before they answer.
    """
    name = {"TableName": f"runledger-{uuid4()}"}
    engine.client.call("CreateTable", name | tables.properties(TEMPLATE))
    if expiry := tables.time_to_live(TEMPLATE):
        engine.client.call("UpdateTimeToLive", name | {"TimeToLiveSpecification": expiry})
    return DynamoDB(*engine, name["TableName"])


def stream_of(database: DynamoDB) -> Stream:
    """Return the stream of a table, which gets one now unless it has."""
    if stream := _STREAMS.get(database.table):
        return stream
    name = {"TableName": database.table}
    specification = TEMPLATE.table["StreamSpecification"]
    database.client.call("UpdateTable", name | {"StreamSpecification": specification})
    return _STREAMS.setdefault(database.table, TableStream(database))


def scan(database: DynamoDB) -> Iterator[Item]:
    """Yield every item, with typed attribute values."""
    request: dict[str, Any] = {"TableName": database.table, "ConsistentRead": True}
    while True:
        answer = database.client.call("Scan", request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
