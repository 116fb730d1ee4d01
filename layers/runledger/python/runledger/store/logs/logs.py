"""Logs in the table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Self
from uuid import UUID

from runledger.domain.errors import OutOfTime
from runledger.domain.filters.logs import LogQuery
from runledger.domain.logs import Log
from runledger.store.dynamodb.errors import DeadlineExceeded
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Put
from runledger.store.logs import paths
from runledger.store.logs.chunks import log_items
from runledger.store.logs.paths import Source
from runledger.store.logs.reader import LogReader
from runledger.store.schema import keys
from runledger.store.search_result import SearchResult
from runledger.store.store import Shards, Store

NARROWER = "logs.flow_run_id.any_, logs.task_run_id.any_, logs.timestamp."
TOO_LONG = f"The search takes longer than a request may. Narrow it by one of these: {NARROWER}"


@dataclass(frozen=True)
class LogStore:
    """What is asked of the table about logs; lines are kept as long as `retention`, or for good."""

    table: Table
    shards: Shards
    retention: timedelta | None

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.index_shards, store.log_retention)

    def add(self, logs: Sequence[Log], *, is_subscribed: Callable[[Log], bool]) -> None:
        """Store the lines of a batch; what is stored already is stored over, not twice.

        Who listens is `is_subscribed` of some.

        Raises:
            Unavailable: some lines were not stored; the whole batch can be sent again.
        """
        spelled = log_items(logs, self.shards.written, self.retention, is_subscribed=is_subscribed)
        self.table.write_unordered(list(map(Put, spelled)))

    def search(self, asked: LogQuery, now: datetime) -> SearchResult[list[Log]]:
        """Return the lines that are wanted.

        Raises:
            OutOfTime: the table's deadline came before they were found.
        """
        path = paths.narrowest(asked.wanted, self.shards.read)
        reader = LogReader(self.table, asked.reverse, asked.offset + asked.limit)
        try:
            page = self._page(asked, reader.lines(path.sources), now)
        except DeadlineExceeded as exceeded:
            log_fields = SearchResult(None, path.name, reader.items_read, 0).log_fields()
            raise OutOfTime(TOO_LONG, log_fields) from exceeded
        return SearchResult(page, path.name, reader.items_read, len(page))

    def _page(self, asked: LogQuery, lines: Iterable[Log], now: datetime) -> list[Log]:
        kept = (log for log in lines if self._is_kept(log, now))
        wanted = filter(asked.wanted.matches, kept)
        return list(islice(islice(wanted, asked.offset, None), asked.limit))

    def _is_kept(self, log: Log, now: datetime) -> bool:
        # DynamoDB removes what expired some time later, other databases never.
        return self.retention is None or log.created + self.retention > now

    def of_flow_run(self, run_id: UUID) -> Iterator[keys.Key]:
        """Yield the keys of all that a flow run logged, its task runs included."""
        return self._keys(paths.of_flow_run(run_id))

    def of_task_run(self, run_id: UUID) -> Iterator[keys.Key]:
        """Yield the keys of all that a task run logged."""
        return chain.from_iterable(map(self._keys, paths.of_task_run(run_id)))

    def _keys(self, source: Source) -> Iterator[keys.Key]:
        index = source.index and source.index.name
        return map(
            keys.of, self.table.query(Query(source.where, index, attributes=keys.Key._fields))
        )

    def remove(self, found: Iterable[keys.Key]) -> None:
        """Remove chunks of lines, or pieces of them."""
        self.table.remove_unordered(found)
