"""Records of the table's stream, in the form that Lambda gives to functions."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory
from botocore.session import Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Record = dict[str, Any]

CONFIG = Config(
    account_id_endpoint_mode="disabled",  # of which moto knows nothing
    parameter_validation=False,  # of sequence numbers: dynoxide's are shorter than AWS's
)
MAX_RECORDS = 1000


class StreamPage(NamedTuple):
    records: Sequence[Record]
    next: str


class Stream:
    """A table's stream, with one shard, as those of the databases here have."""

    def __init__(self, database: "DynamoDBClient", table: str, endpoint: str = "") -> None:
        """Find it at the endpoint; "": at AWS's, which moto intercepts."""
        self._client = _session().create_client(
            "dynamodbstreams", endpoint_url=endpoint or None, config=CONFIG
        )
        self.arn = database.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        (shard,) = self._client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        self._shard = shard["ShardId"]
        self._reading = Lock()
        self._last: tuple[str, StreamPage] | None = None

    @property
    def label(self) -> str:
        """A name of its own among all streams, for a file."""
        return sha256(self.arn.encode()).hexdigest()[:12]

    def start(self, after: str) -> str:
        """Where to read the records that follow a sequence number; "": all that there are."""
        where = {"ShardIteratorType": "TRIM_HORIZON"}
        if after:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        answer = self._client.get_shard_iterator(StreamArn=self.arn, ShardId=self._shard, **where)
        iterator: str = answer["ShardIterator"]
        return iterator

    def read(self, iterator: str) -> StreamPage:
        """Some records, and where the next ones are; readers that keep pace share them."""
        with self._reading:
            if self._last is None or self._last[0] != iterator:
                page = self._read(iterator)
                self._last = (iterator, page) if page.records else None
                return page
            return self._last[1]

    def _read(self, iterator: str) -> StreamPage:
        answer = self._client.get_records(ShardIterator=iterator, Limit=MAX_RECORDS)
        source = {"eventSourceARN": self.arn}
        records = [record | source for record in answer["Records"]]
        return StreamPage(records, answer["NextShardIterator"])


def sequence(record: Record) -> str:
    found: str = record["dynamodb"]["SequenceNumber"]
    return found


class _PlainAnswer(JSONParser):
    """The JSON itself: so Lambda hands records over, and it takes half of the time."""

    def _parse_shape(self, _: object, node: Any) -> Any:  # noqa: ANN401 JSON
        return node


class _PlainAnswers(ResponseParserFactory):
    def create_parser(self, _: str) -> ResponseParser:
        return _PlainAnswer()


@cache
def _session() -> Any:  # noqa: ANN401 whose clients have no types here
    """One whose clients leave answers as they came."""
    session = Session()
    session.register_component("response_parser_factory", _PlainAnswers())
    return session
