"""The databases that tests run on."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.exceptions import ClientError
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
MAX_DELETED = 50  # items
MAX_BATCH, MAX_ACTIONS = 25, 100  # DynamoDB's limits
MAX_IDLE_STREAMING = 2  # what tests that ask for none leave is deleted

SHARED_MEMORY, ROOM = Path("/dev/shm"), 1 << 30  # noqa: S108 bytes that must be free


Item = dict[str, Any]
Items = dict[tuple[str, str], Item]


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
    if "LastEvaluatedKey" in answer:
        return False
    delete(database, answer["Items"])
    return True


def put(database: DynamoDB, items: Iterable[Item]) -> None:
    """Put items with typed attribute values."""
    _write(database, "Put", ({"Item": item} for item in items))


def delete(database: DynamoDB, items: Iterable[Item]) -> None:
    """Delete items, of which at least the keys are given."""
    keys = ({name: item[name] for name in ("pk", "sk")} for item in items)
    _write(database, "Delete", ({"Key": key} for key in keys))


def _write(database: DynamoDB, kind: str, writes: Iterable[dict[str, Any]]) -> None:
    """Write by transactions to dynoxide, which commits each item of a batch by itself.

    moto takes longer for a transaction, the more so the larger the table is.
    """
    for some in chunks(writes, MAX_ACTIONS if database.endpoint else MAX_BATCH):
        if not database.endpoint or not _written_at_once(database, kind, some):
            _write_batches(database, kind, some)


def _written_at_once(database: DynamoDB, kind: str, writes: Sequence[dict[str, Any]]) -> bool:
    """Write by a transaction, unless that is refused, as one of more than 4 MB is."""
    actions = [{kind: {"TableName": database.table} | one} for one in writes]
    with suppress(ClientError):
        database.client.call("TransactWriteItems", {"TransactItems": actions})
        return True
    return False


def _write_batches(database: DynamoDB, kind: str, writes: Sequence[dict[str, Any]]) -> None:
    for some in chunks(({f"{kind}Request": one} for one in writes), MAX_BATCH):
        database.client.call("BatchWriteItem", {"RequestItems": {database.table: some}})


def new_table(engine: Engine, name: str = "") -> DynamoDB:
    """Create the template's table by the functions' client, which takes a tenth of boto3's time.

    Both databases have it before they answer.
    """
    made = DynamoDB(*engine, name or f"runledger-{uuid4()}")
    named = {"TableName": made.table}
    engine.client.call("CreateTable", named | tables.properties(TEMPLATE))
    if expiry := tables.time_to_live(TEMPLATE):
        engine.client.call("UpdateTimeToLive", named | {"TimeToLiveSpecification": expiry})
    return made


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


def items_of(database: DynamoDB) -> Items:
    """Return the items, with typed attribute values, by their keys."""
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in scan(database)}


def put_back(database: DynamoDB, items: Items) -> None:
    """Let a table hold these items and no others, which is cheaper than to make them again.

    Those that it holds already stay untouched.
    """
    now = items_of(database)
    delete(database, (item for key, item in now.items() if key not in items))
    put(database, (item for key, item in items.items() if now.get(key) != item))
