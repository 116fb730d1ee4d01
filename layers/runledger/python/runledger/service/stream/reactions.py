"""Reactions to changes of the table, each with the changes that it concerns.

The stream repeats a change after a failure, so a reaction may run twice. The event source mapping
of template.yaml filters the stream: it must pass every change that concerns a reaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from runledger.domain.runs.states import is_taken_up, is_waiting
from runledger.domain.runs.task_runs import waiting_run
from runledger.service.context import ServiceContext
from runledger.service.runs.flow_run_cancellation import cancel_children
from runledger.service.stream.failures import Failure, attempt
from runledger.service.stream.flow_run_events import report
from runledger.service.websocket.event_subscriptions import publish_events, publish_logs
from runledger.service.websocket.task_run_dispatcher import TaskRunDispatcher
from runledger.store import stream_changes
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.stream_records import Change
from runledger.store.websocket.task_workers import TaskWorkerStore


class Reaction(NamedTuple):
    """A predicate of changes, and the function that gets all such changes of a batch."""

    concerns: Callable[[Change], bool]
    react: Callable[[ServiceContext, Sequence[Change]], None]


def react(context: ServiceContext, records: Sequence[Mapping[str, Any]]) -> Iterator[Failure]:
    """Run every reaction with the changes that concern it; yield the failures."""
    changes = map(stream_records.read, records)
    batch = [change for change in changes if not stream_changes.is_document_piece(change)]
    for reaction in REACTIONS:
        concerned = [change for change in batch if reaction.concerns(change)]
        yield from attempt(partial(reaction.react, context), concerned)


def hand_out(context: ServiceContext, queued: Sequence[Change]) -> None:
    """Hand out the runs of queues that got new ones, unless all workers are busy."""
    queues = {queue for change in queued if (queue := stream_changes.queue_of(change))}
    TaskRunDispatcher(context).announce(queues)


def dequeue(context: ServiceContext, left: Sequence[Change]) -> None:
    """Remove runs that wait no longer from their queues; one that is taken up may be lost again."""
    for change in left:
        before, after = (
            stream_changes.task_run_before(change),
            stream_changes.task_run_after(change),
        )
        state = before and before.state
        if before and state and is_waiting(state) and not (after and is_taken_up(after.state)):
            TaskWorkerStore.of(context.store).dequeue(waiting_run(before, state))


REACTIONS: tuple[Reaction, ...] = (
    Reaction(stream_changes.left_queue, dequeue),
    Reaction(stream_changes.is_new_queue_entry, hand_out),
    Reaction(stream_changes.entered_flow_run_state, report),
    Reaction(stream_changes.is_new_event, publish_events),
    Reaction(stream_changes.has_subscribed_lines, publish_logs),
    Reaction(stream_changes.is_cancellation, cancel_children),
)
