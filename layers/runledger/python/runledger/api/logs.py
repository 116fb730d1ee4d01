"""Request bodies of logs (docs/contract/neighbours.md 7)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, RootModel

from runledger.api.queries import MAX_RUNS, Limit, Offset
from runledger.domain.filters.logs import Level, LogFilter, LogQuery
from runledger.domain.logs import REVERSED, Log, LogSort, batch_number, line_id
from runledger.domain.values import UtcTime, Value


class LogCreate(Value):
    """A log line as clients send it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    level: Level
    message: str
    timestamp: UtcTime
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


class CreateLogs(RootModel[Sequence[LogCreate]]):
    """POST /logs/."""

    def to_logs(self, now: datetime) -> list[Log]:
        """Return the lines with their ids: a repeated batch gets the same ids."""
        first = batch_number(self.model_dump_json().encode())
        return [
            Log(
                id=line_id(first, number, line.timestamp), created=now, updated=now, **dict(line)
            ).without_nul()
            for number, line in enumerate(self.root)
        ]


class ReadLogs(Value):
    """POST /logs/filter; the fields are in the order of the reference's errors."""

    limit: Limit = MAX_RUNS
    offset: Offset = 0
    logs: LogFilter | None = None
    sort: LogSort = LogSort.TIMESTAMP_ASC

    def query(self) -> LogQuery:
        return LogQuery(self.logs or LogFilter(), REVERSED[self.sort], self.offset, self.limit)
