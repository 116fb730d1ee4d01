"""Lambda's batches of stream records: calls a function with them, and handles its failures."""

import json
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from local.event_sources.records import Record, sequence
from local.event_sources.triggers import StreamMapping
from local.functions import Functions

FIRST_PAUSE, MAX_PAUSE = 0.05, 5.0  # seconds
EXHAUSTED, TOO_OLD = "RetryAttemptsExhausted", "RecordAgeExceeded"


class Batch(NamedTuple):
    records: Sequence[Record]
    attempts: int = 0


class DeadLetter(NamedTuple):
    """What goes to the queue for failures; unlike AWS's, it has the records themselves."""

    operation: str
    condition: str
    records: Sequence[Record]

    def text(self) -> str:
        return json.dumps(
            {
                "timestamp": datetime.now(UTC).isoformat(),
                "requestContext": {"functionArn": self.operation, "condition": self.condition},
                "DDBStreamBatchInfo": {
                    "startSequenceNumber": sequence(self.records[0]),
                    "endSequenceNumber": sequence(self.records[-1]),
                    "batchSize": len(self.records),
                },
                "records": list(self.records),
            }
        )


class Deliveries:
    """Of the records that a mapping wants, in their order."""

    def __init__(
        self,
        mapping: StreamMapping,
        functions: Functions,
        *,
        done: Callable[[str], None],
        bury: Callable[[DeadLetter], None],
        wait: Callable[[float], None],
    ) -> None:
        """Tell `done` of the last record that needs no more; `wait` before each repetition."""
        self._mapping = mapping
        self._functions = functions
        self._done = done
        self._bury = bury
        self._wait = wait

    def deliver(self, records: Sequence[Record]) -> None:
        """Return when each record was taken, or has become a dead letter."""
        size = self._mapping.batch_size
        waiting = deque(Batch(records[at : at + size]) for at in range(0, len(records), size))
        while waiting:
            batch = waiting.popleft()
            again = self._attempt(batch)
            if again and again[0].attempts:
                self._wait(min(MAX_PAUSE, FIRST_PAUSE * 2 ** again[0].attempts))
            waiting.extendleft(reversed(again))

    def _attempt(self, batch: Batch) -> Sequence[Batch]:
        """What has to be tried again."""
        if self._is_too_old(batch.records[0]):
            return self._give_up(batch, TOO_OLD)
        left = self._call(batch.records)
        taken = len(batch.records) - len(left)
        if taken:
            self._done(sequence(batch.records[taken - 1]))
        if not left or taken:
            return [Batch(left)] if left else []
        if self._mapping.bisects and len(left) > 1:
            middle = len(left) // 2
            return [Batch(left[:middle], batch.attempts), Batch(left[middle:], batch.attempts)]
        if self._mapping.retries is not None and batch.attempts >= self._mapping.retries:
            return self._give_up(batch, EXHAUSTED)
        return [Batch(left, batch.attempts + 1)]

    def _give_up(self, batch: Batch, condition: str) -> Sequence[Batch]:
        self._bury(DeadLetter(self._mapping.operation, condition, batch.records))
        self._done(sequence(batch.records[-1]))
        return []

    def _is_too_old(self, record: Record) -> bool:
        age = time.time() - record["dynamodb"]["ApproximateCreationDateTime"]
        return self._mapping.longest_age is not None and age > self._mapping.longest_age

    def _call(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records that the function has not taken: from the first one that failed."""
        try:
            answer = self._functions.call(self._mapping.operation, {"Records": list(records)})
            failed = _failed(answer) if self._mapping.reports_failures else set()
        except Exception:  # noqa: BLE001 as at AWS, it is tried again
            sys.stderr.write(traceback.format_exc())
            return records
        known = [sequence(record) for record in records]
        if not failed <= set(known):
            return records
        first = min(map(known.index, failed), default=len(records))
        return records[first:]


def _failed(answer: Mapping[str, Any] | None) -> set[str]:
    failures = (answer or {}).get("batchItemFailures") or ()
    return {failure["itemIdentifier"] for failure in failures}
