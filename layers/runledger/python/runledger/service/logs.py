"""What can be done with logs."""

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
    """Store the lines of a batch; whether their runs are known is not asked.

    Only of those that somebody listens for the stream tells: nothing follows the others.

    Raises:
        Unavailable: some lines were not stored; the whole batch can be sent again.
    """
    event_subscribers = SubscriberStore.of(store, LogSubscriber).all()
    LogStore.of(store).add(
        logs, is_subscribed=lambda log: any(one.wanted.matches(log) for one in event_subscribers)
    )


def of_flow_run(store: Store, run_id: UUID, *, now: datetime) -> SearchResult[list[Log]]:
    """Return all that a flow run logged, its task runs included, in the order of time.

    Raises:
        OutOfTime: the store's deadline came first.
    """
    wanted = LogFilter(flow_run_id=Id(any_=[run_id]))
    return LogStore.of(store).search(LogQuery(wanted, reverse=False, offset=0, limit=maxsize), now)


def search(store: Store, asked: LogQuery, *, now: datetime) -> SearchResult[list[Log]]:
    """Return a part of the lines that are wanted.

    Raises:
        OutOfTime: the store's deadline came first.
    """
    return LogStore.of(store).search(asked, now)
