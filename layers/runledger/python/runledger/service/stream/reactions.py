"""What follows from changes of the table: a table of reactions, each with the changes it concerns.

The stream tells each change at least once, so a reaction may be repeated. The patterns by which the
stream is filtered stand in template.yaml, and must let through whatever concerns a reaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runledger.domain.errors import Unfinished
from runledger.domain.runs.states import is_taken_up, is_waiting
from runledger.domain.runs.task_runs import TaskRun, waiting_run
from runledger.service.context import ServiceContext
from runledger.service.runs.flow_run_cancellation import cancel_children
from runledger.service.stream.flow_run_events import report, state_of
from runledger.service.websocket import event_subscriptions
from runledger.service.websocket.task_run_dispatcher import TaskRunDispatcher
from runledger.store.dynamodb import large_documents, stream_records
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.writes import Item
from runledger.store.logs import chunks
from runledger.store.runs import cancellations, task_run_items, task_run_queue
from runledger.store.schema import keys
from runledger.store.websocket.task_workers import TaskWorkerStore


class Reaction(NamedTuple):
    """The changes that something follows from, and what does; all of a batch are given at once."""

    concerns: Callable[[Change], bool]
    react: Callable[[ServiceContext, Sequence[Change]], None]


class Failure(NamedTuple):
    """A reaction failed, or is unfinished: the changes from this one on are to be told again."""

    sequence_number: str
    error: Exception


def react(context: ServiceContext, records: Sequence[Mapping[str, Any]]) -> Iterator[Failure]:
    """Let every reaction have its changes, and yield those that failed."""
    changes = map(stream_records.read, records)
    batch = [change for change in changes if not large_documents.is_piece(change.key)]
    for reaction in REACTIONS:
        yield from _attempt(context, reaction, [one for one in batch if reaction.concerns(one)])


def _attempt(
    context: ServiceContext, reaction: Reaction, concerned: Sequence[Change]
) -> Iterator[Failure]:
    if not concerned:
        return
    try:
        reaction.react(context, concerned)
    except Unfinished as unfinished:
        yield Failure(unfinished.sequence_number, unfinished)
    except Exception as error:  # noqa: BLE001 - one reaction's failure is not another's
        yield Failure(concerned[0].sequence_number, error)


def begins_to_wait(change: Change) -> bool:
    """A background run was put into a queue."""
    return change.old is None and keys.is_of(change.key, keys.QUEUE)


def hand_out(context: ServiceContext, queued: Sequence[Change]) -> None:
    """Hand out what waits in the queues, unless all workers are busy."""
    TaskRunDispatcher(context).announce(
        {task_run_queue.queue_of(one.new) for one in queued if one.new}
    )


def waits_no_longer(change: Change) -> bool:
    """A background run was deleted or left a state in which no worker had started it."""
    after = change.new.get("deferred") if change.new else None
    return change.old is not None and change.old.get("deferred") not in {None, after}


def release(context: ServiceContext, left: Sequence[Change]) -> None:
    """Forget who holds the runs, or that they wait; who takes up a run goes on holding it."""
    for change in left:
        if change.old and not (change.new and is_taken_up(_run(change.new).state)):
            _release(TaskWorkerStore.of(context.store), _run(change.old))


def _release(workers: TaskWorkerStore, run: TaskRun) -> None:
    if run.state is None or workers.release(run.id, run.state.timestamp):
        return
    if is_waiting(run.state):
        workers.dequeue(waiting_run(run, run.state))


def _run(item: Item) -> TaskRun:
    return task_run_items.read_task_run(item).run


def enters_a_state(change: Change) -> bool:
    """A flow run was created or changed its state."""
    if change.new is None or not keys.is_of(change.key, keys.FLOW_RUN):
        return False
    return change.key.sk == keys.FLOW_RUN and state_of(change.new) != state_of(change.old)


def occurred(change: Change) -> bool:
    """An event was stored."""
    return change.old is None and keys.is_of(change.key, keys.EVENTS)


def is_listened_for(change: Change) -> bool:
    """Lines of a log were stored while somebody listened for some of them."""
    return change.old is None and change.new is not None and chunks.SUBSCRIBED in change.new


REACTIONS: tuple[Reaction, ...] = (
    Reaction(waits_no_longer, release),
    Reaction(begins_to_wait, hand_out),
    Reaction(enters_a_state, report),
    Reaction(occurred, event_subscriptions.publish_events),
    Reaction(is_listened_for, event_subscriptions.publish_logs),
    Reaction(cancellations.goes_on, cancel_children),
)
