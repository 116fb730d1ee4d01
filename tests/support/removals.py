"""The table's stream, and the function that removes what goes with what was deleted."""

import json
from typing import Any

from local.event_sources.patterns import matches
from local.event_sources.records import Record
from local.functions import Functions
from tests.support.databases import TEMPLATE, DynamoDB, stream_of
from tests.test_template import FUNCTIONS

OPERATION = "delete_task_run_logs"
SOURCE = FUNCTIONS[OPERATION][1]["Events"]["Removals"]["Properties"]
PATTERNS = [json.loads(one["Pattern"]) for one in SOURCE["FilterCriteria"]["Filters"]]
CALLED = Functions(TEMPLATE)


class Removals:
    """The calls that the stream of a table makes of the function, as AWS Lambda's but on demand."""

    def __init__(self, database: DynamoDB) -> None:
        self._stream = stream_of(database)
        self._iterator = self._stream.start("")

    def records(self) -> list[Record]:
        """The records since the last call that the function is told."""
        matching: list[Record] = []
        while True:
            records, self._iterator = self._stream.read(self._iterator)
            matching += [one for one in records if any(matches(rule, one) for rule in PATTERNS)]
            if not records:
                return matching

    def follow(self) -> int:
        """Let the function have what there is until nothing more comes; return how often."""
        rounds = 0
        while records := self.records():
            assert follow(records) == []
            rounds += 1
        return rounds


def follow(records: list[Record]) -> list[str]:
    """Let the function have records; return the numbers of those it failed at."""
    answer: Any = CALLED.call(OPERATION, {"Records": records})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def removed(kind: str, item_id: str) -> Record:
    """The record of a thing's removal, as far as the function looks at it."""
    key = {"pk": {"S": f"{kind}#{item_id}"}, "sk": {"S": kind}}
    return {"eventName": "REMOVE", "dynamodb": {"Keys": key, "SequenceNumber": "1"}}
