"""Logs in the table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple, Self
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


class LogStore(NamedTuple):
    """Logs in the table; lines expire after `retention`, or never if it is None."""

    table: Table
    shards: Shards
    retention: timedelta | None

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards, store.log_retention)

    def add(self, logs: Sequence[Log], *, is_subscribed: Callable[[Log], bool]) -> None:
        """Store the lines of a batch; a batch that is sent again overwrites itself.

        `is_subscribed` returns whether a line matches a subscriber's filter.

        Raises:
            Unavailable: some lines were not stored; the whole batch can be sent again.
        """
        spelled = log_items(logs, self.shards.written, self.retention, is_subscribed=is_subscribed)
        self.table.write_unordered(list(map(Put, spelled)))

    def search(self, query: LogQuery, now: datetime) -> SearchResult[list[Log]]:
        """Return a page of the matching lines.

        Raises:
            OutOfTime: the table's deadline came before they were found.
        """
        path = paths.narrowest(query.wanted, self.shards.read)
        reader = LogReader(self.table, query.reverse, query.offset + query.limit)
        try:
            page = self._page(query, reader.lines(path.sources), now)
        except DeadlineExceeded as exceeded:
            log_fields = SearchResult(None, path.name, reader.items_read, 0).log_fields()
            raise OutOfTime(TOO_LONG, log_fields) from exceeded
        return SearchResult(page, path.name, reader.items_read, len(page))

    def _page(self, query: LogQuery, lines: Iterable[Log], now: datetime) -> list[Log]:
        unexpired = (log for log in lines if self._is_unexpired(log, now))
        wanted = filter(query.wanted.matches, unexpired)
        return list(islice(islice(wanted, query.offset, None), query.limit))

    def _is_unexpired(self, log: Log, now: datetime) -> bool:
        # DynamoDB removes expired items some time later, other databases never.
        return self.retention is None or log.created + self.retention > now

    def of_flow_run(self, run_id: UUID) -> Iterator[keys.Key]:
        """Yield the keys of a flow run's log items, its task runs' included."""
        return self._keys(paths.of_flow_run(run_id))

    def of_task_run(self, run_id: UUID) -> Iterator[keys.Key]:
        """Yield the keys of a task run's log items."""
        return chain.from_iterable(map(self._keys, paths.of_task_run(run_id)))

    def _keys(self, source: Source) -> Iterator[keys.Key]:
        index = source.index and source.index.name
        return map(
            keys.of, self.table.query(Query(source.where, index, attributes=keys.Key._fields))
        )

    def remove(self, item_keys: Iterable[keys.Key]) -> None:
        """Remove log items."""
        self.table.remove_unordered(item_keys)
