"""Use cases of logs: store and search lines."""

from collections.abc import Sequence
from datetime import datetime
from sys import maxsize
from uuid import UUID

from runledger.domain.filters.fields import Id
from runledger.domain.filters.logs import LogFilter, LogQuery
from runledger.domain.logs import Log
from runledger.domain.websocket.event_subscriptions import LogSubscriber
from runledger.store.logs.logs import LogStore
from runledger.store.search_result import SearchResult
from runledger.store.store import Store
from runledger.store.websocket.event_subscriptions import SubscriberStore


def create(store: Store, logs: Sequence[Log]) -> None:
    """Store the lines of a batch; their runs need not exist.

    The stream's filter passes only lines that match a subscriber's filter.

    Raises:
        Unavailable: some lines were not stored; the whole batch can be sent again.
    """
    subscribers = SubscriberStore.of(store, LogSubscriber).all()

    def is_subscribed(log: Log) -> bool:
        return any(subscriber.wanted.matches(log) for subscriber in subscribers)

    LogStore.of(store).add(logs, is_subscribed=is_subscribed)


def of_flow_run(store: Store, run_id: UUID, *, now: datetime) -> SearchResult[list[Log]]:
    """Return all lines of a flow run, its task runs' included, in the order of time.

    Raises:
        OutOfTime: the store's deadline came first.
    """
    wanted = LogFilter(flow_run_id=Id(any_=[run_id]))
    return LogStore.of(store).search(LogQuery(wanted, reverse=False, offset=0, limit=maxsize), now)


def search(store: Store, query: LogQuery, *, now: datetime) -> SearchResult[list[Log]]:
    """Return a page of the matching lines.

    Raises:
        OutOfTime: the store's deadline came first.
    """
    return LogStore.of(store).search(query, now)
