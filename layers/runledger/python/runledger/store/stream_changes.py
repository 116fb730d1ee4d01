"""Reads changes of the table's stream: the entity that changed, before and after.

Services get values: no other module reads the items of a change.
"""

from runledger.domain.logs import Log
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.writes import Item
from runledger.store.logs import chunks
from runledger.store.runs import cancellations, task_run_deletion, task_run_items, task_run_queue
from runledger.store.schema import keys


def is_document_piece(change: Change) -> bool:
    """Return whether a change is of a piece of a large document."""
    return large_documents.is_piece(change.key)


def had_document_pieces(change: Change) -> bool:
    """Return whether the old item had pieces."""
    return bool(large_documents.references(change.old or {}))


def is_removal(change: Change) -> bool:
    """Return whether the item was removed."""
    return change.new is None


def is_new_queue_entry(change: Change) -> bool:
    """Return whether a background run was put into a queue."""
    return change.old is None and keys.is_of(change.key, keys.QUEUE)


def queue_of(change: Change) -> str | None:
    """Return the queue into which a background run was put."""
    return task_run_queue.queue_of(change.new) if change.new else None


def left_queue(change: Change) -> bool:
    """Return whether a background run that no worker held left a state in which it waited."""
    if change.old is None or task_run_items.HOLDER in change.old:
        return False
    after = change.new.get("deferred") if change.new else None
    return change.old.get("deferred") not in {None, after}


def task_run_before(change: Change) -> TaskRun | None:
    """Return the task run before the change, without its document's pieces."""
    return _task_run(change.old)


def task_run_after(change: Change) -> TaskRun | None:
    """Return the task run after the change, without its document's pieces."""
    return _task_run(change.new)


def removal_was_complete(change: Change) -> bool:
    """Return whether one transaction removed a task run with all items in its partition."""
    return change.old is not None and task_run_deletion.fits_a_transaction(change.old)


def entered_flow_run_state(change: Change) -> bool:
    """Return whether a flow run was created or entered another state."""
    is_flow_run = keys.is_of(change.key, keys.FLOW_RUN) and change.key.sk == keys.FLOW_RUN
    return is_flow_run and change.new is not None and _state(change.new) != _state(change.old)


def flow_run_state_before(change: Change) -> State | None:
    """Return the state of a flow run before the change."""
    return _state(change.old)


def is_of_states(change: Change) -> bool:
    """Return whether a change is of a run, or of its earlier states."""
    return keys.is_run(change.key) or keys.is_earlier_states(change.key)


def entered_task_run_state(change: Change) -> str | None:
    """Return the type of the state that a task run entered; None if it stayed in its type."""
    if change.key.sk != keys.TASK_RUN or change.new is None:
        return None
    after = keys.state_type_of(change.new)
    return after if change.old is None or after != keys.state_type_of(change.old) else None


def is_cancellation(change: Change) -> bool:
    """Return whether a flow run was cancelled, or some of its task runs after it."""
    return cancellations.is_cancellation(change)


def cancelled_up_to(change: Change) -> str:
    """Return the sort key up to which the task runs of a cancelled flow run are cancelled."""
    return cancellations.cancelled_up_to(change.new)


def is_new_event(change: Change) -> bool:
    """Return whether an event was stored."""
    return change.old is None and keys.is_of(change.key, keys.EVENTS)


def has_subscribed_lines(change: Change) -> bool:
    """Return whether log lines were stored that matched a subscriber's filter."""
    return change.old is None and change.new is not None and chunks.SUBSCRIBED in change.new


def log_lines(change: Change) -> list[Log] | None:
    """Return the log lines of a new chunk; None for one that is stored in several pieces."""
    if change.new is None or not chunks.is_whole([change.new]):
        return None
    return chunks.read_logs([change.new])


def _task_run(item: Item | None) -> TaskRun | None:
    return task_run_items.read_task_run(item).run if item else None


def _state(item: Item | None) -> State | None:
    return items.read_document(FlowRun, item).state if item else None
