"""Records of the table's stream, in the form that Lambda gives to functions."""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import xform_name
from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory
from botocore.session import Session

from local.event_sources.stream_requests import requester

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Record = dict[str, Any]

CONFIG = Config(
    account_id_endpoint_mode="disabled",  # moto does not support it
    parameter_validation=False,  # dynoxide's sequence numbers are shorter than AWS's
)
MAX_RECORDS = 1000


class StreamPage(NamedTuple):
    records: Sequence[Record]
    next_iterator: str


class Stream:
    """A table's stream of one shard, as dynoxide and moto have it."""

    def __init__(self, database: "DynamoDBClient", table: str, endpoint: str = "") -> None:
        """Find the stream at the endpoint; "": AWS's, which moto intercepts."""
        self._request = requester(endpoint) if endpoint else _requester_of_aws()
        self.arn = database.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        described = self._request("DescribeStream", StreamArn=self.arn)
        (shard,) = described["StreamDescription"]["Shards"]
        self._shard = shard["ShardId"]
        self._reading = Lock()
        self._last: tuple[str, StreamPage] | None = None

    @property
    def label(self) -> str:
        """A unique name for a file."""
        return sha256(self.arn.encode()).hexdigest()[:12]

    def start(self, after: str) -> str:
        """The iterator behind a sequence number; "": at the oldest record."""
        position = {"ShardIteratorType": "TRIM_HORIZON"}
        if after:
            position = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        answer = self._request(
            "GetShardIterator", StreamArn=self.arn, ShardId=self._shard, **position
        )
        iterator: str = answer["ShardIterator"]
        return iterator

    def read(self, iterator: str) -> StreamPage:
        """The records of an iterator; consumers at the same position share one request."""
        with self._reading:
            if self._last is None or self._last[0] != iterator:
                page = self._read(iterator)
                self._last = (iterator, page) if page.records else None
                return page
            return self._last[1]

    def _read(self, iterator: str) -> StreamPage:
        answer = self._request("GetRecords", ShardIterator=iterator, Limit=MAX_RECORDS)
        source = {"eventSourceARN": self.arn}
        records = [record | source for record in answer["Records"]]
        return StreamPage(records, answer["NextShardIterator"])


def sequence(record: Record) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


class _RawJSONParser(JSONParser):
    """Leaves the JSON as it is: Lambda's records have this form, and it takes half of the time."""

    def _parse_shape(self, _: object, node: Any) -> Any:  # noqa: ANN401 JSON
        return node


class _RawJSONParserFactory(ResponseParserFactory):
    def create_parser(self, _: str) -> ResponseParser:
        return _RawJSONParser()


def _requester_of_aws() -> Callable[..., dict[str, Any]]:
    """Return what `requester` does, through boto3, whose requests moto answers."""
    client = streams_client("")

    def request(operation: str, **parameters: str | int) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
        return answer

    return request


@cache
def streams_client(endpoint: str) -> Any:  # noqa: ANN401 it has no types
    """A client whose records have the form that Lambda gives to functions."""
    return _session().create_client("dynamodbstreams", endpoint_url=endpoint or None, config=CONFIG)


@cache
def _session() -> Any:  # noqa: ANN401 its clients have no types
    """A session whose clients do not parse responses."""
    session = Session()
    session.register_component("response_parser_factory", _RawJSONParserFactory())
    return session
