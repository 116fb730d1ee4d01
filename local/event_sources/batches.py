"""Lambda's batches of stream records: calls a function with them, and handles its failures."""

import json
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from local.cloudformation.triggers import StreamMapping
from local.event_sources.records import Record, sequence
from local.functions import Functions

FIRST_PAUSE, MAX_PAUSE = 0.05, 5.0  # seconds
EXHAUSTED, TOO_OLD = "RetryAttemptsExhausted", "RecordAgeExceeded"


class Batch(NamedTuple):
    records: Sequence[Record]
    attempts: int = 0


class DeadLetter(NamedTuple):
    """A message for the on-failure destination; unlike AWS's, it has the records themselves."""

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


class BatchInvoker:
    """Calls a mapping's function with batches of records, in their order."""

    def __init__(
        self,
        mapping: StreamMapping,
        functions: Functions,
        *,
        checkpoint: Callable[[str], None],
        on_failure: Callable[[DeadLetter], None],
        wait: Callable[[float], None],
    ) -> None:
        """Pass the last processed sequence number to `checkpoint`; `wait` before each retry."""
        self._mapping = mapping
        self._functions = functions
        self._checkpoint = checkpoint
        self._on_failure = on_failure
        self._wait = wait

    def process(self, records: Sequence[Record]) -> None:
        """Return once each record is processed or has become a dead letter."""
        size = self._mapping.batch_size
        pending = deque(Batch(records[at : at + size]) for at in range(0, len(records), size))
        while pending:
            batch = pending.popleft()
            retries = self._attempt(batch)
            if retries and retries[0].attempts:
                self._wait(min(MAX_PAUSE, FIRST_PAUSE * 2 ** retries[0].attempts))
            pending.extendleft(reversed(retries))

    def _attempt(self, batch: Batch) -> Sequence[Batch]:
        """Call the function once; return the batches to retry."""
        if self._is_too_old(batch.records[0]):
            return self._give_up(batch, TOO_OLD)
        remaining = self._call(batch.records)
        processed = len(batch.records) - len(remaining)
        if processed:
            self._checkpoint(sequence(batch.records[processed - 1]))
        if not remaining or processed:
            return [Batch(remaining)] if remaining else []
        if self._mapping.bisects and len(remaining) > 1:
            middle = len(remaining) // 2
            halves = remaining[:middle], remaining[middle:]
            return [Batch(half, batch.attempts) for half in halves]
        if self._mapping.retries is not None and batch.attempts >= self._mapping.retries:
            return self._give_up(batch, EXHAUSTED)
        return [Batch(remaining, batch.attempts + 1)]

    def _give_up(self, batch: Batch, condition: str) -> Sequence[Batch]:
        self._on_failure(DeadLetter(self._mapping.operation, condition, batch.records))
        self._checkpoint(sequence(batch.records[-1]))
        return []

    def _is_too_old(self, record: Record) -> bool:
        age = time.time() - record["dynamodb"]["ApproximateCreationDateTime"]
        return self._mapping.max_record_age is not None and age > self._mapping.max_record_age

    def _call(self, records: Sequence[Record]) -> Sequence[Record]:
        """Call the function; return the records from the first one that failed."""
        try:
            answer = self._functions.call(self._mapping.operation, {"Records": list(records)})
            failed = _failed(answer) if self._mapping.reports_failures else set()
        except Exception:  # noqa: BLE001 as at AWS, the batch is retried
            sys.stderr.write(traceback.format_exc())
            return records
        numbers = [sequence(record) for record in records]
        if not failed <= set(numbers):
            return records
        first = min(map(numbers.index, failed), default=len(records))
        return records[first:]


def _failed(answer: Mapping[str, Any] | None) -> set[str]:
    failures = (answer or {}).get("batchItemFailures") or ()
    return {failure["itemIdentifier"] for failure in failures}
