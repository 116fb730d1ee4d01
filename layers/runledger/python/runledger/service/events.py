"""Use cases of events: receive, search and count them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from runledger import LOGGER_NAME, ids
from runledger.domain.errors import TooLarge
from runledger.domain.events.event_counts import (
    Countable,
    EventCount,
    Spans,
    by_name,
    by_resource,
    by_time,
)
from runledger.domain.events.events import RESOURCE_ID, Event, ReceivedEvent
from runledger.domain.events.recorder import (
    Recording,
    TaskRunReport,
    apply_report,
    reports_task_run,
    shortened,
    task_run_report,
)
from runledger.domain.filters.events import EventFilter
from runledger.domain.runs.task_runs import TaskRun
from runledger.parallel import map_all
from runledger.service.context import ServiceContext
from runledger.service.retries import retry_on_conflict
from runledger.store.events.events import EventStore
from runledger.store.events.recordings import RecordingStore
from runledger.store.flow_run_additions import Addition, FlowRunAdditionStore
from runledger.store.search_result import SearchResult
from runledger.store.store import Store

if TYPE_CHECKING:
    from runledger.domain.documents import Document
    from runledger.domain.events.stored_events import StoredEvent

logger = logging.getLogger(LOGGER_NAME)


class Matching(NamedTuple):
    """A page of the matching events, and their number on all pages."""

    events: list[Document[ReceivedEvent]]
    total: int


def receive_all(store: Store, events: Sequence[Event], *, now: datetime) -> None:
    """Receive events; those of different resources in parallel.

    Raises:
        Unavailable: some were not received; all of them can be sent again.
    """
    of_resource = defaultdict(list)
    for event in events:
        of_resource[event.resource[RESOURCE_ID]].append(event)

    def receive_those(events: Sequence[Event]) -> None:
        for event in events:
            receive(store, event, now=now)

    map_all(receive_those, of_resource.values())


def receive_message(context: ServiceContext, text: str) -> None:
    """Receive an event from a WebSocket; ignore a message that is no event."""
    with suppress(ValidationError):
        receive(context.store, Event.model_validate_json(text), now=context.now)


def receive(store: Store, event: Event, *, now: datetime) -> None:
    """Store an event and, if it reports a task run, record the run and its state.

    See docs/contract/clients.md 5.

    A repeated event, or one with an impossible report, changes no run. The state of a report is
    recorded whatever the event's size.
    """
    received = event.received_at(now)
    report = task_run_report(event, name=ids.name(), now=now) if reports_task_run(event) else None
    if report is None:
        EventStore.of(store).add(received)
        return
    try:
        _record_with_lock(store, report, received)
    except TooLarge:
        logger.warning("a report of a task run was shortened", extra={"event_id": str(event.id)})
        _record_with_lock(store, shortened(report), received)


def search(
    store: Store, wanted: EventFilter, page: range, *, now: datetime
) -> SearchResult[Matching]:
    """Return a page of the matching events, and their number on all pages.

    Raises:
        OutOfTime: the store's deadline came first.
    """

    def matching(events: Iterator[StoredEvent]) -> Matching:
        in_page: list[Document[ReceivedEvent]] = []
        total = 0
        for total, event in enumerate(events, 1):
            in_page += [event.as_answered()] if total - 1 in page else []
        return Matching(in_page, total)

    return EventStore.of(store).aggregate(wanted, matching, now)


def count(
    store: Store, wanted: EventFilter, countable: Countable, spans: Spans, *, now: datetime
) -> SearchResult[list[EventCount]]:
    """Return the numbers of matching events by time, event name or resource.

    Raises:
        Invalid: the spans would be too long, or too many.
        OutOfTime: the store's deadline came first.
    """
    spans.check()
    summaries: dict[Countable, Callable[[Iterator[StoredEvent]], list[EventCount]]] = {
        Countable.EVENT: by_name,
        Countable.RESOURCE: by_resource,
    }
    in_time = partial(by_time, spans=spans, now=now)
    return EventStore.of(store).aggregate(wanted, summaries.get(countable, in_time), now)


def _record_with_lock(store: Store, report: TaskRunReport, event: ReceivedEvent) -> None:
    trusts = chain([True], repeat(False))  # noqa: FBT003 - the first attempt trusts the cache
    with store.run_locks.of(report.run_id):
        retry_on_conflict(lambda: _record(store, report, event, trust_cache=next(trusts)))


def _record(
    store: Store, report: TaskRunReport, event: ReceivedEvent, *, trust_cache: bool
) -> None:
    if EventStore.of(store).has(event):
        return
    known_run = RecordingStore.of(store).find(report, trust_cache=trust_cache)
    seen = known_run.seen.run if known_run.seen else None
    recording = apply_report(seen, known_run.states, report, now=event.received)
    addition = _addition(store, seen, recording.run, event.received)
    if addition.was_deleted:
        recording = Recording()
    RecordingStore.of(store).commit(known_run, recording, event, beside=addition.writes)


def _addition(store: Store, seen: TaskRun | None, run: TaskRun | None, now: datetime) -> Addition:
    """Return what goes with the write if it adds a run to a flow run."""
    if run is None or run.flow_run_id is None:
        return Addition()
    if seen is not None and seen.flow_run_id == run.flow_run_id:
        return Addition()
    return FlowRunAdditionStore.of(store).read(run.flow_run_id, now)
