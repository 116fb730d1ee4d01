"""Access paths to log lines, each named for the filter that it serves.

All sources of a path yield chunks in the order of their first lines. A range of times begins
`MAX_CHUNK_TIME` earlier: a chunk that begins before the range may have lines in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from runledger.domain.filters.criterion import Operator
from runledger.domain.filters.fields import Period
from runledger.domain.filters.logs import LogFilter
from runledger.store.dynamodb.conditions import Condition
from runledger.store.dynamodb.expressions import in_index, in_partition
from runledger.store.logs.chunk_sort_key import MAX_CHUNK_TIME
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.indexes import Index

Range = tuple[str, str]

FIRST_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Source:
    """A partition of the table, which is read consistently, or of an index."""

    partition: str
    index: Index | None = None
    between: Range | None = None

    @property
    def where(self) -> Condition:
        """The key condition."""
        if self.index is None:
            return in_partition(self.partition, self.between)
        return in_index(self.index, self.partition, self.between)


class Path(NamedTuple):
    """Sources that have all wanted lines, perhaps among others."""

    name: str
    sources: tuple[Source, ...]


# For a time that ends before it begins; DynamoDB rejects such a range.
NOTHING = Path("nothing", ())


def narrowest(wanted: LogFilter, shards: int) -> Path:
    """Return the cheapest path for the filter."""
    if wanted.operator != Operator.and_:
        return Path("all_lines", tuple(_of_all(shards, None)))
    if _is_empty(wanted.timestamp):
        return NOTHING
    between = _between(wanted.timestamp)
    if wanted.task_run_id and wanted.task_run_id.any_ is not None:
        runs = dict.fromkeys(wanted.task_run_id.any_)
        sources = tuple(source for run in runs for source in of_task_run(run, between))
        return Path("by_task_run", sources)
    if wanted.flow_run_id and wanted.flow_run_id.any_ is not None:
        runs = dict.fromkeys(wanted.flow_run_id.any_)
        return Path("by_flow_run", tuple(of_flow_run(run, between) for run in runs))
    return Path("by_timestamp" if between else "all_lines", tuple(_of_all(shards, between)))


def of_flow_run(run_id: UUID, between: Range | None = None) -> Source:
    """The source of a flow run's lines, its task runs' included."""
    return Source(keys.logs_of_flow_run(run_id), None, between)


def of_task_run(run_id: UUID, between: Range | None = None) -> tuple[Source, ...]:
    """The sources of a task run's lines: without a flow run, and in a flow run."""
    inside = Source(keys.task_run(run_id).pk, indexes.BY_OWNER, between)
    return Source(keys.logs_of_task_run(run_id), None, between), inside


def _of_all(shards: int, between: Range | None) -> Iterator[Source]:
    return (Source(chunks, indexes.BY_STATE, between) for chunks in keys.log_shards(shards))


def _is_empty(period: Period | None) -> bool:
    if period is None or period.after_ is None or period.before_ is None:
        return False
    return period.after_ > period.before_


def _between(period: Period | None) -> Range | None:
    if period is None or (period.after_ is None and period.before_ is None):
        return None
    return sort_keys.between(_earlier(period.after_), period.before_)


def _earlier(time: datetime | None) -> datetime | None:
    if time is None or time - FIRST_TIME < MAX_CHUNK_TIME:
        return None
    return time - MAX_CHUNK_TIME
