"""Reads a table's stream: all shards, from the oldest record on."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from local.event_sources.records import MAX_RECORDS, Record, streams_client

# An answer may be empty before the last record; so many of them in a row are taken for the end.
MAX_EMPTY_ANSWERS = 3


class StreamShards:
    """The shards of a stream, each read once; records of an item may come in any order.

    A shard is a parent of others, or ends, while others begin.
    """

    def __init__(self, arn: str, endpoint: str) -> None:
        """Begin at the oldest records; endpoint "": AWS's."""
        self._arn = arn
        self._client = streams_client(endpoint)
        self._iterators: dict[str, str | None] = {}

    def new_records(self) -> Iterator[Record]:
        """Yield the records since the last call: at least those that there are now."""
        request = {"StreamArn": self._arn}
        while True:
            answer = self._client.describe_stream(**request)
            found, now = answer["StreamDescription"], _time_of(answer)
            for shard in found["Shards"]:
                yield from self._new_records_of(shard["ShardId"], now)
            if "LastEvaluatedShardId" not in found:
                return
            request["ExclusiveStartShardId"] = found["LastEvaluatedShardId"]

    def _new_records_of(self, shard: str, now: float) -> Iterator[Record]:
        """Yield those of a shard up to its end, or up to one that is younger than this call."""
        iterator = self._iterators[shard] if shard in self._iterators else self._start(shard)
        empty_answers, newest = 0, 0.0
        while iterator and empty_answers < MAX_EMPTY_ANSWERS and newest <= now:
            answer = self._client.get_records(ShardIterator=iterator, Limit=MAX_RECORDS)
            iterator = self._iterators[shard] = answer.get("NextShardIterator")
            empty_answers += 1
            for record in answer["Records"]:
                yield record
                empty_answers, newest = 0, record["dynamodb"]["ApproximateCreationDateTime"]

    def _start(self, shard: str) -> str:
        answer = self._client.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )
        iterator: str = answer["ShardIterator"]
        return iterator


def _time_of(answer: dict[str, Any]) -> float:
    """Return the database's time of an answer, in seconds, or this machine's if it tells none."""
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date).timestamp() if date else time.time()
